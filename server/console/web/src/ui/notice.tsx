// What happened, or went wrong: said to everybody, also to who hears the page instead of seeing it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Problem } from "../api";
import { heard, isHeard, t } from "../i18n";
import { Heard } from "./words";

export type NoticeKind = "info" | "good" | "warning" | "error";

const SIGNS: Record<NoticeKind, string> = { info: "i", good: "✓", warning: "!", error: "×" };

export function Notice(props: { kind?: NoticeKind; title?: string; children?: ComponentChildren }) {
  const kind = props.kind ?? "info";
  return (
    <div class={`notice notice-${kind}`} role={kind === "error" ? "alert" : "status"}>
      <span class="notice-sign" aria-hidden="true">
        {SIGNS[kind]}
      </span>
      <div>
        {props.title && <strong>{props.title}</strong>}
        {props.children && <div>{props.children}</div>}
      </div>
    </div>
  );
}

/** Where the page's language has no words for the detail, the problem's title stands before it, or before the list of all that is wrong. */
function Said({ problem }: { problem: Problem }) {
  const isSaid = isHeard(problem.detail);
  const isListed = problem.violations.length > (isSaid ? 1 : 0);
  return (
    <>
      <p>
        {!isSaid && `${heard(problem.title)}. `}
        {(isSaid || !isListed) && <Heard>{problem.detail}</Heard>}
      </p>
      {isListed && (
        <ul>
          {problem.violations.map((one) => (
            <li key={one.path + one.problem}>
              <code>{one.path}</code> <Heard>{one.problem}</Heard>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What the hub refused, with all that is wrong where it lists it. After a press it takes the focus, so that nobody misses it. */
export function ProblemNotice({ error, takesFocus }: { error: unknown; takesFocus?: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) place.current?.focus();
  }, [error]);
  if (!error) return null;
  const problem = error instanceof Problem ? error : null;
  const title = problem?.status === 0 ? t("No connection") : t("That was not done");
  return (
    <div role="group" aria-label={title} tabIndex={-1} ref={place}>
      <Notice kind="error" title={title}>
        {problem ? <Said problem={problem} /> : <p>{String(error)}</p>}
      </Notice>
    </div>
  );
}
