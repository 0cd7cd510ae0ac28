// What is still missing, and the way out: publishing, or keeping it.
import { useRef } from "preact/hooks";
import type { Estimate, Working } from "../../compose";
import { t, tn } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { Heard } from "../../ui/words";
import { Step } from "./step";

/** What the hub would refuse, in the words of this page where there are some, and in which step it is asked. */
function asked(path: string): { words: string; step: number } | undefined {
  const last = path.replace(/\[\d+\]/g, "").split(".").pop() ?? path;
  const known: Record<string, { words: string; step: number }> = {
    sender: { words: t("Who sends it"), step: 1 },
    note: { words: t("Which exercise"), step: 1 },
    event: { words: t("What it is, in few words"), step: 2 },
    web: { words: t("Address of a page with more"), step: 2 },
    areaDesc: { words: t("Where it is, in words"), step: 2 },
    severity: { words: t("How grave"), step: 3 },
    urgency: { words: t("How soon to act"), step: 3 },
    certainty: { words: t("How sure it is"), step: 3 },
    category: { words: t("What it is about"), step: 3 },
    audience: { words: t("Whom it is for"), step: 4 },
    expires: { words: t("Holds until"), step: 5 },
  };
  return path.startsWith("question") ? { words: t("The question"), step: 6 } : known[last];
}

/** The way to where something is asked. */
function ToStep({ step, children }: { step: number; children: string }) {
  return (
    <button type="button" class="link" onClick={() => document.getElementById(`step-${step}`)?.focus()}>
      {children}
    </button>
  );
}

function Wrong({ path, problem }: { path: string; problem: string }) {
  const place = asked(path);
  return (
    <li>
      {place ? <ToStep step={place.step}>{place.words}</ToStep> : <strong>{path}</strong>}: <Heard>{problem}</Heard>
    </li>
  );
}

export function Review(props: { working: Working; estimate: Estimate | null; unfilled: string[]; isAsked: boolean; onPublish: () => Promise<boolean> }) {
  const { estimate, unfilled } = props;
  const violations = estimate?.violations ?? [];
  const wrong = useRef<HTMLDivElement>(null);
  const publish = async () => {
    if (!(await props.onPublish()) && wrong.current?.firstChild) wrong.current.focus();
  };
  const isReady = estimate !== null && violations.length === 0 && unfilled.length === 0;
  return (
    <Step number={7} title={t("Review and publish")}>
      <div role="group" aria-label={t("What is missing")} tabIndex={-1} ref={wrong}>
        {unfilled.length > 0 && (
          <Notice kind={props.isAsked ? "error" : "warning"} title={t("These blanks are not filled yet:")}>
            <ul>
              {unfilled.map((one) => (
                <li key={one}>
                  <ToStep step={1}>{one}</ToStep>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {violations.length > 0 && (
          <Notice kind={props.isAsked ? "error" : "warning"} title={t("This is still missing, or not right:")}>
            <ul>
              {violations.map((one) => (
                <Wrong key={one.path + one.problem} {...one} />
              ))}
            </ul>
          </Notice>
        )}
      </div>
      {isReady && <Notice kind="good">{tn("Ready for {n} device.", "Ready for {n} devices.", estimate.devices)}</Notice>}
      {estimate?.second_person && <Notice>{t("It is Extreme: another person, an approver, must approve it before it goes out.")}</Notice>}
      <div class="actions">
        <Button kind="primary" onPress={publish}>
          {estimate?.second_person ? t("Hand in for approval…") : t("Publish…")}
        </Button>
        <a class="button" href="/console/drafts">
          {t("Keep it as a draft, and leave")}
        </a>
      </div>
    </Step>
  );
}
