declare module "*.po" {
  export const messages: Record<string, string[]>;
  export const form: (count: number) => number;
}
declare module "*.css" {}
