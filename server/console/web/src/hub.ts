// What the hub's operations take and answer, by the names of its OpenAPI document (schema.d.ts is made from it by `make lint`).
import type { components } from "./schema";

export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
