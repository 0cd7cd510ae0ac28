// What live pages are made of: the state of the line, bars, big numbers, and rows that are drawn only when they change.
import { Component, type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Line } from "../live";
import { language, number, percent, t } from "../i18n";
import { Notice } from "./notice";
import { Heard } from "./words";

const OLD_MS = 12_000;

const clock = (at: number): string => new Intl.DateTimeFormat(language(), { timeStyle: "medium" }).format(new Date(at));

/** Whether the line is open and how old what is shown is. Who hears the page is told when it is lost and when it is back. */
export function LineState({ line }: { line: Line }) {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  if (line.state === "refused")
    return (
      <Notice kind="error" title={t("This cannot be shown")}>
        <Heard>{line.problem?.detail ?? line.problem?.title ?? ""}</Heard>
      </Notice>
    );
  const seconds = line.at === null ? 0 : Math.max(0, Math.round((Date.now() - line.at) / 1000));
  const isLost = line.state === "lost" || (line.at !== null && Date.now() - line.at > OLD_MS);
  return (
    <>
      <p class={isLost ? "line line-lost" : "line"}>
        <span aria-hidden="true">{isLost ? "✕ " : line.state === "open" ? "● " : "○ "}</span>
        {line.at === null
          ? isLost
            ? t("The hub cannot be reached. Trying again…")
            : t("Connecting…")
          : isLost
            ? t("Connection lost. What you see is {n} seconds old. Trying again…", { n: seconds })
            : t("Live, as of {time}", { time: clock(line.at) })}
      </p>
      <span class="visually-hidden" role="status">
        {isLost ? t("The connection to the hub is lost; the figures are old.") : line.state === "open" ? t("Connected; the figures are live.") : ""}
      </span>
    </>
  );
}

/** Says something to who hears the page, at most once in half a minute, so that nobody is talked over. */
export function Announcer({ words }: { words: string }) {
  const [said, setSaid] = useState("");
  const at = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, at.current + 30_000 - Date.now());
    const timer = setTimeout(() => {
      at.current = Date.now();
      setSaid(words);
    }, wait);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <span class="visually-hidden" role="status">
      {said}
    </span>
  );
}

export interface Part {
  name: string;
  count: number;
  kind: "acted" | "seen" | "has" | "lacks" | "over";
}

/** A whole in parts. The numbers stand beside it or are said in its name: nothing is told by colour alone. */
export function Bar({ parts, whole, label }: { parts: readonly Part[]; whole: number; label: string }) {
  let at = 0;
  return (
    <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="bar-ground" x="0" y="0" width="1000" height="10" />
      {whole > 0 &&
        parts.map((part) => {
          const x = at;
          const width = (part.count / whole) * 1000;
          at += width;
          return width > 0 && <rect key={part.name} class={`bar-${part.kind}`} x={x} y="0" width={width} height="10" />;
        })}
    </svg>
  );
}

export function Figure(props: { label: string; count: number; whole?: number; kind?: Part["kind"]; children?: ComponentChildren }) {
  return (
    <div class={`figure figure-${props.kind ?? "plain"}`}>
      <dt>{props.label}</dt>
      <dd>
        <span class="figure-number">{number(props.count)}</span>
        {props.whole !== undefined && <span class="figure-share">{percent(props.count, props.whole)}</span>}
        {props.children}
      </dd>
    </div>
  );
}

/** Drawn again only when its value is another object. */
export class Still<Value> extends Component<{ value: Value; draw: (value: Value) => ComponentChildren; also?: unknown }> {
  override shouldComponentUpdate(next: { value: Value; also?: unknown }): boolean {
    return next.value !== this.props.value || next.also !== this.props.also;
  }
  render() {
    return <>{this.props.draw(this.props.value)}</>;
  }
}
