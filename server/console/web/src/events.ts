// The kinds of events in plain words, by what they are about. The hub's own table of kinds decides which there are.
import type { Schema } from "./hub";
import { say } from "./i18n";

export type EventKind = Schema<"EventKind">;

export const EVENT_MESSAGES: Record<EventKind, string> = {
  "alert.published": say("An alert was published"),
  "alert.updated": say("An alert was updated"),
  "alert.cancelled": say("An alert was cancelled"),
  "alert.break-glass": say("An alert went out without its second person"),
  "alert.expired": say("An alert has come to its end"),
  "alert.seen": say("Somebody has opened an alert"),
  "alert.acknowledged": say("Somebody has acknowledged an alert"),
  "alert.answered": say("Somebody has answered a question"),
  "device.enrolled": say("A device was enrolled"),
  "device.changed": say("A device was moved, or has other roles"),
  "device.revoked": say("A device was revoked"),
  "device.reported": say("A device met something that somebody has to look at"),
  "draft.waiting": say("A draft waits for a second person"),
  "draft.rejected": say("A draft was rejected"),
  "draft.failed": say("A draft could not go out at its time"),
  "feed.held": say("An alert of a feed waits for a decision"),
  "feed.published": say("An alert of a feed was published"),
  "feed.failing": say("A feed cannot be read"),
  "feed.recovered": say("A feed can be read again"),
  "rule.told": say("A rule has told somebody"),
  "rule.failed": say("A rule could not tell somebody"),
  "silence.began": say("Somebody has fallen silent"),
  "silence.ended": say("Somebody is heard again"),
  "webhook.stopped": say("A webhook was switched off by the hub"),
};

export const EVENT_GROUPS: readonly { prefix: string; message: string }[] = [
  { prefix: "alert.", message: say("Of alerts") },
  { prefix: "draft.", message: say("Of drafts") },
  { prefix: "device.", message: say("Of devices") },
  { prefix: "feed.", message: say("Of feeds") },
  { prefix: "rule.", message: say("Of rules") },
  { prefix: "silence.", message: say("Of silence") },
  { prefix: "webhook.", message: say("Of webhooks") },
];

export const EVENT_KINDS = Object.keys(EVENT_MESSAGES) as EventKind[];
