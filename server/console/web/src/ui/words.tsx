// Text from outside, times, and the terms of CAP as everybody sees them.
import { useEffect, useState } from "preact/hooks";
import { ago, heard, isHeard, moment, said, say, t } from "../i18n";

/** Text that somebody wrote: shown as it is, in its own direction, without touching what stands around it. */
export const Words = ({ children, lang }: { children: string; lang?: string | undefined }) => (
  <bdi dir="auto" lang={lang} class="words">
    {children}
  </bdi>
);

/** What the hub says, in the language of the page where there are words for it. */
export const Heard = ({ children }: { children: string }) => (
  <Words lang={isHeard(children) ? undefined : "en"}>{heard(children)}</Words>
);

/** A moment; its distance from now beside it, which is kept up to date. */
export function Time(props: { at: string | null | undefined; isShort?: boolean }) {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  if (!props.at) return <span class="quiet">{t("never")}</span>;
  return (
    <time dateTime={props.at} title={moment(props.at)}>
      {props.isShort ? ago(props.at) : `${moment(props.at)} (${ago(props.at)})`}
    </time>
  );
}

export const SEVERITIES: Record<string, { message: string; sign: string; meaning: string }> = {
  Extreme: { message: say("Extreme"), sign: "▲▲", meaning: say("Extraordinary threat to life or property") },
  Severe: { message: say("Severe"), sign: "▲", meaning: say("Significant threat to life or property") },
  Moderate: { message: say("Moderate"), sign: "◆", meaning: say("Possible threat to life or property") },
  Minor: { message: say("Minor"), sign: "●", meaning: say("Minimal to no known threat to life or property") },
  Unknown: { message: say("Unknown"), sign: "?", meaning: say("Severity unknown") },
};

/** How grave (CAP 1.2 §3.2.2): a word, a sign and a colour. */
export function Severity({ value }: { value: string }) {
  const known = SEVERITIES[value] ?? SEVERITIES.Unknown!;
  return (
    <span class={`severity severity-${value.toLowerCase()}`}>
      <span aria-hidden="true">{known.sign} </span>
      {said(known.message)}
    </span>
  );
}

export const STATUSES: Record<string, string> = {
  Actual: say("Actual"),
  Exercise: say("EXERCISE"),
  System: say("System"),
  Test: say("TEST"),
  Draft: say("Draft"),
};

/** What an alert is (CAP 1.2 §3.2.1). One that is not real has a striped band with the word, wherever it is shown. */
export function Status({ value }: { value: string }) {
  return value === "Actual" ? null : <span class={`status status-${value.toLowerCase()}`}>{said(STATUSES[value] ?? value)}</span>;
}
