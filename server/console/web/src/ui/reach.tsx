// Whom an audience reaches now: asked of the hub a moment after the last change, and said aloud.
import { useEffect, useState } from "preact/hooks";
import { post } from "../api";
import type { Schema } from "../hub";
import { number, t, tn } from "../i18n";
import type { Audience } from "../places";
import { ProblemNotice } from "./notice";
import { Time, Words } from "./words";

const PAUSE_MS = 250;
const LISTED = 10;

export type Reach = Schema<"AudienceAnswer">;

export interface Reached {
  reach: Reach | null;
  error: unknown;
  isLoading: boolean;
}

/** What the hub says of an audience; the last answer stays until the next is there. */
export function useReach(audience: Audience | null): Reached {
  const [state, setState] = useState<Reached>({ reach: null, error: null, isLoading: false });
  const key = JSON.stringify(audience);
  useEffect(() => {
    if (audience === null) return undefined;
    let isWanted = true;
    const timer = setTimeout(() => {
      setState((before) => ({ ...before, isLoading: true }));
      post<Reach>("/v1/audiences", audience).then(
        (reach) => isWanted && setState({ reach, error: null, isLoading: false }),
        (error: unknown) => isWanted && setState((before) => ({ ...before, error, isLoading: false })),
      );
    }, PAUSE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key]);
  return state;
}

/** How many devices, and when each was last heard of. */
export function ReachView({ reached }: { reached: Reached }) {
  const { reach, error } = reached;
  if (error) return <ProblemNotice error={error} />;
  if (reach === null) return <p class="loading">{t("Loading…")}</p>;
  const { devices, connected, within_day, within_week, longer_ago, never } = reach.reached;
  const parts = [
    { words: t("within a day"), count: within_day },
    { words: t("within a week"), count: within_week },
    { words: t("longer ago"), count: longer_ago },
    { words: t("never"), count: never },
  ];
  return (
    <div class="reach" aria-busy={reached.isLoading}>
      <p role="status" class="reach-total">
        <strong>{tn("{n} device", "{n} devices", devices)}</strong> {t("of {all}; {connected} connected now", { all: reach.all, connected })}
      </p>
      <table class="reach-seen">
        <caption>{t("Last heard of")}</caption>
        <tbody>
          {parts.map(({ words, count }) => (
            <tr key={words}>
              <th scope="row">{words}</th>
              <td class="number">{number(count)}</td>
              <td>
                <meter min={0} max={Math.max(devices, 1)} value={count} aria-label={words} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {reach.reports.map((report) => (
        <p key={report} class="quiet">
          {report}
        </p>
      ))}
      {devices > 0 && (
        <details>
          <summary>{t("Heard of longest ago")}</summary>
          <ul>
            {reach.devices.slice(0, LISTED).map((device) => (
              <li key={device.device}>
                <Words>{device.name}</Words>{" "}
                <span class="quiet">
                  {device.areas.join(", ")} · {device.connected ? t("connected now") : <Time at={device.last_seen} isShort />}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
