// The settings of a feed while they are changed: what its form holds, from what the hub says and back to that.
import type { Schema } from "./hub";
import { audienceOf, NOBODY, type Audience } from "./places";
import { listed } from "./ui/action";

export type Feed = Schema<"FeedAnswer">;
type Body = Omit<Schema<"FeedChange">, "authorization"> & { authorization?: string };

export interface FilterValues {
  statuses: string[];
  msgTypes: string[];
  categories: string[];
  severity: string;
  urgency: string;
  certainty: string;
  /** One a line. */
  events: string;
  /** With commas between them. */
  languages: string;
}

export interface Geocode {
  name: string;
  before: string;
}

export interface FeedValues {
  address: string;
  seconds: string;
  policy: string;
  signatures: string;
  isPaused: boolean;
  audience: Audience;
  filter: FilterValues;
  geocodes: Geocode[];
  trusted: string;
  /** A new one; empty: as it is. */
  authorization: string;
  isAuthorizationForgotten: boolean;
}

/** As a feed begins that nothing else is said of. */
export const NEW_FEED: FeedValues = {
  address: "",
  seconds: "120",
  policy: "hold",
  signatures: "report",
  isPaused: false,
  audience: NOBODY,
  filter: { statuses: ["Actual"], msgTypes: ["Alert", "Update", "Cancel"], categories: [], severity: "", urgency: "", certainty: "", events: "", languages: "" },
  geocodes: [],
  trusted: "",
  authorization: "",
  isAuthorizationForgotten: false,
};

export const valuesOf = (feed: Feed): FeedValues => ({
  ...NEW_FEED,
  address: feed.address,
  seconds: String(feed.interval_seconds),
  policy: feed.policy,
  signatures: feed.signatures,
  isPaused: feed.paused,
  audience: audienceOf(feed.audience),
  filter: {
    statuses: [...(feed.filter.statuses ?? [])],
    msgTypes: [...(feed.filter.msg_types ?? [])],
    categories: [...(feed.filter.categories ?? [])],
    severity: feed.filter.severity_at_least ?? "",
    urgency: feed.filter.urgency_at_least ?? "",
    certainty: feed.filter.certainty_at_least ?? "",
    events: (feed.filter.events ?? []).join("\n"),
    languages: (feed.filter.languages ?? []).join(", "),
  },
  geocodes: Object.entries(feed.geocodes).map(([name, before]) => ({ name, before })),
  trusted: feed.trusted,
});

/** As the hub takes it. */
export function bodyOf(values: FeedValues): Body {
  const { filter } = values;
  const authorization = values.authorization || (values.isAuthorizationForgotten ? "" : null);
  return {
    address: values.address,
    interval_seconds: Number(values.seconds),
    policy: values.policy as Body["policy"],
    signatures: values.signatures as Body["signatures"],
    paused: values.isPaused,
    audience: values.audience,
    filter: {
      statuses: filter.statuses,
      msg_types: filter.msgTypes,
      categories: filter.categories,
      severity_at_least: filter.severity || null,
      urgency_at_least: filter.urgency || null,
      certainty_at_least: filter.certainty || null,
      events: lines(filter.events),
      languages: listed(filter.languages),
    } as Body["filter"],
    geocodes: Object.fromEntries(values.geocodes.filter(({ name }) => name.trim() !== "").map(({ name, before }) => [name.trim(), before.trim()])),
    trusted: values.trusted,
    ...(authorization === null ? {} : { authorization }),
  };
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
