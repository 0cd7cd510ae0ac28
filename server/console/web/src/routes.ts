// Every page of the console: its address, what it is called in the menu, who sees it there, and where its code is.
import { lazy } from "preact-iso";
import type { ComponentType } from "preact";
import { say } from "./i18n";
import type { Role } from "./session";

export interface Route {
  path: string;
  page: ComponentType<any>;
  /** The menu's group and words; without it the page is reached from another one. */
  menu?: { group: Group; message: string; from: Role };
  /** Shown without a session. */
  isOpen?: boolean;
}

export const GROUPS = ["alerts", "field", "setup"] as const;
export type Group = (typeof GROUPS)[number];

type Page = { default: ComponentType<any> };
const page = (load: () => Promise<Page>): ComponentType<any> => lazy(load);

export const SIGN_IN = "/console/sign-in";

export const ROUTES: readonly Route[] = [
  { path: SIGN_IN, page: page(() => import("./pages/sign-in")), isOpen: true },
  { path: "/console/account", page: page(() => import("./pages/account")) },
  { path: "/", page: page(() => import("./pages/home")), menu: { group: "alerts", message: say("Situation"), from: "viewer" } },
  { path: "/console/alerts", page: page(() => import("./pages/alerts")), menu: { group: "alerts", message: say("Alerts"), from: "viewer" } },
  { path: "/console/compose", page: page(() => import("./pages/compose")), menu: { group: "alerts", message: say("Compose"), from: "author" } },
  { path: "/console/compose/:draft", page: page(() => import("./pages/compose")) },
  { path: "/console/drafts", page: page(() => import("./pages/drafts")), menu: { group: "alerts", message: say("Drafts"), from: "author" } },
  { path: "/console/drafts/:draft", page: page(() => import("./pages/draft")) },
  {
    path: "/console/templates",
    page: page(() => import("./pages/templates")),
    menu: { group: "alerts", message: say("Templates"), from: "approver" },
  },
  { path: "/console/templates/:name", page: page(() => import("./pages/template")) },
  { path: "/console/new-template", page: page(() => import("./pages/template")) },
  { path: "/console/alerts/:alert", page: page(() => import("./pages/alert")) },
  { path: "/console/alerts/:alert/watch", page: page(() => import("./pages/watch")) },
  { path: "/console/alerts/:alert/calls", page: page(() => import("./pages/calls")) },
  { path: "/console/devices", page: page(() => import("./pages/devices")), menu: { group: "field", message: say("Devices"), from: "viewer" } },
  { path: "/console/places", page: page(() => import("./pages/places")), menu: { group: "field", message: say("Areas"), from: "viewer" } },
  {
    path: "/console/enrolment",
    page: page(() => import("./pages/enrolment")),
    menu: { group: "field", message: say("Enrol"), from: "administrator" },
  },
  { path: "/console/import", page: page(() => import("./pages/import")), menu: { group: "field", message: say("Import"), from: "administrator" } },
  { path: "/console/rules", page: page(() => import("./pages/rules")), menu: { group: "setup", message: say("Escalation"), from: "viewer" } },
  { path: "/console/rules/:name", page: page(() => import("./pages/rule")) },
  { path: "/console/contacts", page: page(() => import("./pages/contacts")), menu: { group: "setup", message: say("Contacts"), from: "viewer" } },
  { path: "/console/feeds", page: page(() => import("./pages/feeds")), menu: { group: "setup", message: say("Feeds"), from: "viewer" } },
  { path: "/console/feeds/:name", page: page(() => import("./pages/feed")) },
  { path: "/console/feed-items", page: page(() => import("./pages/feed-items")) },
  { path: "/console/feed-items/:item", page: page(() => import("./pages/feed-item")) },
  { path: "/console/webhooks", page: page(() => import("./pages/webhooks")), menu: { group: "setup", message: say("Webhooks"), from: "viewer" } },
  { path: "/console/people", page: page(() => import("./pages/people")), menu: { group: "setup", message: say("People"), from: "administrator" } },
  { path: "/console/tokens", page: page(() => import("./pages/tokens")), menu: { group: "setup", message: say("Tokens"), from: "administrator" } },
  { path: "/console/audit", page: page(() => import("./pages/audit")), menu: { group: "setup", message: say("Audit"), from: "administrator" } },
];
