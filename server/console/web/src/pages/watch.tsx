// How one alert comes along, live: how many have it, where, since when, what they answer, and whom nothing has reached.
import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { get, part } from "../api";
import { barLabel, parts, reach } from "../counts";
import type { Schema } from "../hub";
import { language, t, tn } from "../i18n";
import { useLive, type Act, type AlertState } from "../live";
import { AnswersTally } from "../ui/answers";
import { AreasTable } from "../ui/areas";
import { AreasMap } from "../ui/areasmap";
import { Course } from "../ui/course";
import { Announcer, Bar, Figure, LineState } from "../ui/live";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Severity, Status, Time, Words } from "../ui/words";

const CALLS_SHOWN = 20;
const CALLS_EVERY_MS = 5000;

export default function Watch() {
  const { alert } = useRoute().params as { alert: string };
  const stored = useLoad<Schema<"AlertAnswer">>(`/v1/alerts/${part(alert)}`);
  const { state, line } = useLive<AlertState>({ alert: /^[0-9]{1,15}$/.test(alert) ? Number(alert) : alert });
  const title = stored.body ? headline(stored.body) : t("Alert {alert}", { alert });
  return (
    <Page
      title={t("Watch: {headline}", { headline: title })}
      actions={
        <>
          <a class="button" href={`/console/alerts/${part(alert)}`}>
            {t("The alert")}
          </a>
          <a class="button button-primary" href={`/console/alerts/${part(alert)}/calls`}>
            {t("Call list")}
          </a>
        </>
      }
    >
      <Loading of={stored}>{(body) => <Head stored={body} />}</Loading>
      <LineState line={line} />
      {state && <Live state={state} alert={alert} />}
    </Page>
  );
}

function headline(stored: Schema<"AlertAnswer">): string {
  const infos = ((stored.alert as { info?: { language?: string; headline?: string; event: string }[] }).info ?? []);
  const info = infos.find((one) => (one.language ?? "en").split("-")[0] === language()) ?? infos[0];
  return info?.headline || info?.event || stored.identifier;
}

function Head({ stored }: { stored: Schema<"AlertAnswer"> }) {
  const { status } = stored.alert as { status: string };
  return (
    <p class="alert-head">
      <Status value={status} /> <Severity value={stored.severity} />{" "}
      <span>
        {t("Published")} <Time at={stored.published_at} isShort /> {t("by")} <bdi>{stored.published_by}</bdi>.{" "}
        {stored.in_force ? (
          <>
            {t("Holds until")} <Time at={stored.expires} />
          </>
        ) : (
          <strong>{stored.replaced_by === null ? t("It has ended.") : t("It was replaced.")}</strong>
        )}
      </span>
    </p>
  );
}

function Live({ state, alert }: { state: AlertState; alert: string }) {
  const { progress, answers, latest } = state;
  const all = reach(progress.counts);
  const tenth = (count: number): number => (all.whole ? Math.floor((count / all.whole) * 10) : 0);
  const [words, setWords] = useState("");
  // Told to who hears the page when another tenth has it or has acknowledged, not at each tick.
  useEffect(() => setWords(barLabel(progress.counts)), [tenth(all.has), tenth(all.acknowledged), progress.ended_at]);
  return (
    <>
      <Announcer words={words} />
      <dl class="figures figures-large">
        <Figure label={t("Addressed")} count={all.whole} />
        <Figure label={t("Has it")} count={all.has} whole={all.whole} kind="has" />
        <Figure label={t("Seen")} count={all.seen} whole={all.whole} kind="seen" />
        <Figure label={t("Acknowledged")} count={all.acknowledged} whole={all.whole} kind="acted" />
        {answers && <Figure label={t("Answered")} count={all.answered} whole={all.whole} kind="acted" />}
        <Figure label={t("Not reached")} count={all.lacks} whole={all.whole} kind="lacks" />
      </dl>
      <Bar parts={parts(progress.counts)} whole={all.whole} label={barLabel(progress.counts)} />
      {all.over > 0 && (
        <p class="quiet">
          {tn("{n} device never had it before it was replaced.", "{n} devices never had it before it was replaced.", all.over)}
        </p>
      )}
      {answers && (
        <div>
          <h2>{t("Answers")}</h2>
          <AnswersTally answers={answers} />
        </div>
      )}
      <div>
        <h2>{t("By area")}</h2>
        <AreasMap rows={progress.areas} />
        <AreasTable rows={progress.areas} />
      </div>
      <div>
        <h2>{t("Over time")}</h2>
        <Course begin={progress.begun_at} points={progress.points} asks={answers !== null} />
      </div>
      <div class="columns">
        <div>
          <h2>{t("Not reached")}</h2>
          <NotReached alert={alert} count={all.lacks} />
        </div>
        <div>
          <h2>{t("What was done last")}</h2>
          <Latest acts={latest} />
        </div>
      </div>
    </>
  );
}

/** Read anew when the number changes, but at most every five seconds. */
function NotReached({ alert, count }: { alert: string; count: number }) {
  const [found, setFound] = useState<Schema<"CallsAnswer"> | null>(null);
  const [readAt, setReadAt] = useState(0);
  useEffect(() => {
    const wait = Math.max(0, readAt + CALLS_EVERY_MS - Date.now());
    const aborting = new AbortController();
    const timer = setTimeout(() => {
      setReadAt(Date.now());
      get<Schema<"CallsAnswer">>(
        `/v1/alerts/${part(alert)}/calls`,
        { missing: "delivery", limit: CALLS_SHOWN },
        aborting.signal,
      ).then(setFound, () => {});
    }, wait);
    return () => {
      clearTimeout(timer);
      if (wait > 0) aborting.abort();
    };
  }, [count, alert]);
  if (count === 0) return <p>{t("Every device that the alert is for has it.")}</p>;
  if (found === null) return <p role="status">{t("Loading…")}</p>;
  return (
    <>
      <ul class="latest">
        {found.calls.map((one) => (
          <li key={one.device}>
            <strong>
              <Words>{one.name || one.device}</Words>
            </strong>{" "}
            <span class="quiet">
              <Words>{one.areas.map((area) => area.name || area.code).join(", ")}</Words> · {t("last seen")} <Time at={one.last_seen} isShort />
              {one.phone && (
                <>
                  {" · "}
                  <a href={`tel:${one.phone}`}>{one.phone}</a>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      {count > found.calls.length && (
        <p>
          <a href={`/console/alerts/${part(alert)}/calls`}>
            {tn("{n} more on the call list", "{n} more on the call list", count - found.calls.length)}
          </a>
        </p>
      )}
    </>
  );
}

function Latest({ acts }: { acts: readonly Act[] }) {
  if (acts.length === 0) return <p class="quiet">{t("Nobody has opened it yet.")}</p>;
  return (
    <ul class="latest">
      {[...acts].reverse().map((act) => (
        <li key={`${act.device} ${act.did}`}>
          <strong>
            <Words>{act.name || act.device}</Words>
          </strong>{" "}
          {act.did === "seen" ? t("has opened it") : act.did === "acknowledged" ? t("has acknowledged it") : t("has answered")}{" "}
          <span class="quiet">
            <Time at={act.at} isShort />
          </span>
        </li>
      ))}
    </ul>
  );
}
