// The hub's API, as the pages ask it: JSON both ways, the session's cookie, and problem documents (RFC 9457) thrown.
import { t } from "./i18n";

export interface Violation {
  path: string;
  problem: string;
}

/** What the hub refused, or why it could not be asked. `name` is the problem's name in the hub's table. */
export class Problem extends Error {
  readonly status: number;
  readonly name: string;
  readonly title: string;
  readonly detail: string;
  readonly violations: readonly Violation[];
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, members: Record<string, unknown>) {
    const type = typeof members.type === "string" ? members.type : "";
    const detail = typeof members.detail === "string" ? members.detail : "";
    const title = typeof members.title === "string" ? members.title : String(status);
    super(detail || title);
    this.status = status;
    this.name = type.split(/[/:#]/).pop() || "unknown";
    this.title = title;
    this.detail = this.message;
    this.violations = Array.isArray(members.violations) ? (members.violations as Violation[]) : [];
    this.members = members;
  }
}

/** What an answer is beside its body. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

let csrf = "";
let whenSignedOut: () => void = () => {};

/** Called with what a session says; each change of anything must carry it. */
export function carry(token: string): void {
  csrf = token;
}

/** What to do when the hub says that nobody is signed in (any more). */
export function onSignedOut(then: () => void): void {
  whenSignedOut = then;
}

/** The hub has said, by another way than an answer, that nobody is signed in any more. */
export const onSignedOutOf = (): void => whenSignedOut();

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

export function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : Array.isArray(value) ? value.map((one: string) => [name, one]) : [[name, String(value)]],
  );
  const text = new URLSearchParams(pairs).toString();
  return text ? `${path}?${text}` : path;
}

/** Ask; a body that is a string or a Blob goes as it is, with `type`. Throws Problem. */
export async function ask<Body>(
  method: string,
  path: string,
  options: { query?: Query; body?: unknown; type?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Answer<Body>> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    const isRaw = typeof options.body === "string" || options.body instanceof Blob;
    headers["Content-Type"] = options.type ?? "application/json";
    init.body = isRaw ? (options.body as BodyInit) : JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(address(path, options.query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, { type: "offline", detail: t("The hub cannot be reached. What you wrote is still here; try again.") });
  }
  const isJson = /[/+]json/.test(response.headers.get("Content-Type") ?? "");
  const body: unknown = isJson ? await response.json() : await response.text();
  if (response.ok) return { status: response.status, headers: response.headers, body: body as Body };
  const problem = new Problem(response.status, isJson ? (body as Record<string, unknown>) : { detail: String(body) });
  if (response.status === 401 && path !== "/v1/session") whenSignedOut();
  throw problem;
}

export const get = async <Body>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Body> =>
  (await ask<Body>("GET", path, signal ? { query, signal } : { query })).body;
export const post = async <Body>(path: string, body: unknown = {}, query: Query = {}): Promise<Body> =>
  (await ask<Body>("POST", path, { body, query })).body;
export const put = async <Body>(path: string, body: unknown): Promise<Body> => (await ask<Body>("PUT", path, { body })).body;
export const patch = async <Body>(path: string, body: unknown): Promise<Body> =>
  (await ask<Body>("PATCH", path, { body })).body;
export const del = async <Body = void>(path: string): Promise<Body> => (await ask<Body>("DELETE", path)).body;

/** A part of an address. */
export const part = (text: string | number): string => encodeURIComponent(String(text));
