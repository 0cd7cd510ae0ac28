// The alerts in force: their order, their words, what is new among them, and how far each has come.
import { useRef } from "preact/hooks";
import { part } from "../../api";
import { barLabel, parts, reach } from "../../counts";
import type { Schema } from "../../hub";
import { language, number, percent, said, say, t } from "../../i18n";
import type { SituationState } from "../../live";
import { Bar } from "../../ui/live";
import { Severity, Status, Time, Words } from "../../ui/words";

export type AlertRow = Schema<"SituationAlertAnswer">;

export const GRAVITY: Record<string, number> = { Extreme: 0, Severe: 1, Moderate: 2, Minor: 3, Unknown: 4 };

export const graver = (one: AlertRow, other: AlertRow): number =>
  Number(one.status !== "Actual") - Number(other.status !== "Actual") ||
  GRAVITY[one.severity]! - GRAVITY[other.severity]! ||
  other.number - one.number;

export function headlineOf(alert: AlertRow): { words: string; language: string } {
  const found = alert.headlines.find((one) => one.language.split("-")[0] === language()) ?? alert.headlines[0];
  return { words: found?.headline || found?.event || alert.identifier, language: found?.language ?? "" };
}

/** What has become other in a way that somebody must hear of: alerts that came or went, not each count. */
export function useNews(state: SituationState): string {
  const before = useRef<Map<number, AlertRow> | null>(null);
  const words = useRef("");
  if (before.current === null) before.current = new Map(state.alerts.map((alert) => [alert.number, alert]));
  const come = state.alerts.filter((alert) => !before.current!.has(alert.number));
  const gone = [...before.current.values()].filter((alert) => !state.alerts.some((one) => one.number === alert.number));
  if (come.length || gone.length) {
    words.current = [
      ...come.map((alert) => said(SPOKEN[alert.severity] ?? SPOKEN.Unknown!, { headline: headlineOf(alert).words })),
      ...gone.map((alert) => t("No longer in force: {headline}", { headline: headlineOf(alert).words })),
    ].join(". ");
    before.current = new Map(state.alerts.map((alert) => [alert.number, alert]));
  }
  return words.current;
}

const SPOKEN: Record<string, string> = {
  Extreme: say("New, extreme: {headline}"),
  Severe: say("New, severe: {headline}"),
  Moderate: say("New, moderate: {headline}"),
  Minor: say("New, minor: {headline}"),
  Unknown: say("New: {headline}"),
};

export function drawnAlert(alert: AlertRow, names: Record<string, string>) {
  const all = reach(alert.counts);
  const { words, language: tag } = headlineOf(alert);
  return (
    <li class={`alert-card alert-${alert.severity.toLowerCase()}${alert.status === "Actual" ? "" : " alert-unreal"}`}>
      <div class="alert-words">
        <Status value={alert.status} /> <Severity value={alert.severity} />{" "}
        <a href={`/console/alerts/${part(alert.number)}/watch`}>
          <Words lang={tag || undefined}>{words}</Words>
        </a>
        <div class="quiet">
          {t("for")}{" "}
          {alert.everyone ? t("everyone") : [...alert.areas.map((code) => names[code] ?? code), ...alert.roles].slice(0, 6).join(", ") || t("devices by name")} ·{" "}
          {t("until")} <Time at={alert.expires} isShort />
        </div>
      </div>
      <div class="alert-counts">
        <Bar parts={parts(alert.counts)} whole={all.whole} label={barLabel(alert.counts)} />
        <dl class="small-figures">
          <Share label={t("Has it")} count={all.has} whole={all.whole} />
          <Share label={t("Acknowledged")} count={all.acknowledged} whole={all.whole} />
          <Share label={t("Not reached")} count={all.lacks} whole={all.whole} />
        </dl>
      </div>
    </li>
  );
}

function Share({ label, count, whole }: { label: string; count: number; whole: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <strong>{percent(count, whole)}</strong> <span class="share">{number(count)}</span>
      </dd>
    </div>
  );
}
