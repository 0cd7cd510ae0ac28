// A rule of escalation as somebody writes it: how that is done, what is wrong with it, and what it would do about an alert in force.
import { useEffect, useState } from "preact/hooks";
import { part, post } from "../api";
import type { Schema } from "../hub";
import { t } from "../i18n";
import { Outcome, useAction, wrongWith } from "./action";
import { Button } from "./button";
import { SelectField, TextArea } from "./field";
import { Loading, useLoad } from "./load";
import { Heard, Time, Words } from "./words";

const EXAMPLES = [
  "Extreme, not acknowledged by 80% within 30m: tell role district-officer; within 2h: tell supervisor",
  "Severe, event cholera or measles, not delivered by 95% within 6h: tell contact ops",
  "silence of any area: tell role district-officer",
];

export function RuleHelp() {
  return (
    <details class="card">
      <summary>{t("How a rule is written")}</summary>
      <p>{t("Which alerts, then how long after the publish and unless who has done what, who is told. For example:")}</p>
      <ul>
        {EXAMPLES.map((one) => (
          <li key={one}>
            <code lang="en" dir="ltr">
              {one}
            </code>
          </li>
        ))}
      </ul>
      <p>{t("Acts: delivered, seen, acknowledged, answered. Times: 30m, 2h, 1d. Whom: contact NAME, role NAME, supervisor.")}</p>
    </details>
  );
}

/** `error` is what the hub refused when the rule was to be saved. */
export function RuleField(props: { value: string; onValue: (value: string) => void; error: unknown }) {
  return (
    <TextArea
      label={t("Rule")}
      value={props.value}
      onValue={props.onValue}
      error={wrongWith(props.error, "text") ?? wrongWith(props.error, "rule")}
      rows={3}
      required
      spellcheck={false}
    />
  );
}

type Alert = Schema<"AlertSummary">;

/** Shows what a rule would do now about an alert in force. `rule` is another wording than the hub has under this name. */
export function RuleTrial(props: { name: string; rule?: string }) {
  const alerts = useLoad<Schema<"AlertList">>("/v1/alerts", { in_force: true, limit: 1000 });
  return (
    <Loading of={alerts}>
      {(body) =>
        body.alerts.length === 0 ? (
          <p class="quiet">{t("A rule can be tried on an alert that is in force; there is none now.")}</p>
        ) : (
          <Trial {...props} alerts={[...body.alerts].reverse()} />
        )
      }
    </Loading>
  );
}

function Trial(props: { name: string; rule?: string; alerts: readonly Alert[] }) {
  const action = useAction();
  const [alert, setAlert] = useState(String(props.alerts[0]!.number));
  const [run, setRun] = useState<Schema<"DryRunAnswer"> | null>(null);
  useEffect(() => setRun(null), [props.rule, alert]);
  const tryIt = () => {
    setRun(null);
    const asked = props.rule === undefined ? { alert } : { alert, rule: props.rule };
    return action.run(async () => setRun(await post<Schema<"DryRunAnswer">>(`/v1/rules/${part(props.name)}/dry-run`, asked)));
  };
  const named = (one: Alert) => `${one.number} · ${one.headline ?? one.event ?? one.identifier}`.slice(0, 120);
  return (
    <>
      <SelectField
        label={t("An alert to try it on")}
        hint={t("Nothing is sent.")}
        value={alert}
        onValue={setAlert}
        options={props.alerts.map((one) => ({ value: String(one.number), label: named(one) }))}
      />
      <Outcome of={action} />
      <div class="actions">
        <Button onPress={tryIt}>{t("Show who would be told")}</Button>
      </div>
      {run && <DryRun run={run} />}
    </>
  );
}

function DryRun({ run }: { run: Schema<"DryRunAnswer"> }) {
  return (
    <div role="status" class="card">
      {run.why_not && (
        <p>
          {t("Nobody:")} <Heard>{run.why_not}</Heard>
        </p>
      )}
      <ol>
        {run.steps.map((step) => (
          <li key={step.step}>
            <Time at={step.due_at} />:{" "}
            {t("{lacking} of {addressed} devices have not acted.", { lacking: step.figures.lacking, addressed: step.figures.addressed })}{" "}
            {step.is_reached && t("Enough have: nobody would be told.")}
            <ul>
              {step.tell.map((one) => (
                <li key={one.contact}>
                  <Words>{one.contact}</Words>: “<Words>{one.text}</Words>”
                </li>
              ))}
              {step.nobody_for.map((one) => (
                <li key={one}>
                  {t("Nobody for:")} <Heard>{one}</Heard>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </div>
  );
}
