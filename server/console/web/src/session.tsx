// Who is signed in: what the hub says of the cookie's session, shared by all pages.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { carry, get, Problem } from "./api";
import { say } from "./i18n";

export const ROLES = ["viewer", "author", "approver", "administrator"] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_MESSAGES: Record<Role, string> = {
  viewer: say("Viewer"),
  author: say("Author"),
  approver: say("Approver"),
  administrator: say("Administrator"),
};

export interface Session {
  name: string;
  role: Role;
  areas: string[];
  language: string | null;
  csrf: string;
}

/** Raises Problem; null: nobody is signed in. */
export async function loadSession(): Promise<Session | null> {
  try {
    const session = await get<Session>("/v1/session");
    carry(session.csrf);
    return session;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export interface Signed {
  session: Session | null;
  /** Ask the hub anew who is signed in. */
  renew: () => Promise<void>;
}

export const SessionContext = createContext<Signed>({ session: null, renew: async () => {} });

/** Who is signed in; on every page but that of signing in, somebody is. */
export const useSession = (): Signed => useContext(SessionContext);

/** Whether somebody's role is at least this one. */
export const isAtLeast = (session: Session | null, role: Role): boolean =>
  session !== null && ROLES.indexOf(session.role) >= ROLES.indexOf(role);
