// One rule of escalation: what it says, what it would do about an alert, what it did.
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { del, part, patch, put } from "../api";
import type { Schema } from "../hub";
import { number, t, tn } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { Outcome, useAction, wrongWith } from "../ui/action";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { EscalationTable } from "../ui/escalations";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { RuleField, RuleHelp, RuleTrial } from "../ui/rulefield";
import { Time } from "../ui/words";

/** Off, it stays where it is and tells nobody. */
function Switch({ rule, onChanged }: { rule: Schema<"RuleAnswer">; onChanged: () => void }) {
  const action = useAction();
  const set = async (enabled: boolean, done: string) => {
    if (await action.run(() => patch(`/v1/rules/${part(rule.name)}`, { enabled }), done)) onChanged();
  };
  return (
    <>
      <div class="actions">
        {rule.enabled ? (
          <Button onPress={() => set(false, t("The rule is off. What was open under it is stopped."))}>{t("Switch off")}</Button>
        ) : (
          <Button kind="primary" onPress={() => set(true, t("The rule is on. It leaves out steps whose time has come already."))}>
            {t("Switch on")}
          </Button>
        )}
      </div>
      <Outcome of={action} />
    </>
  );
}

function Change(props: { rule: Schema<"RuleAnswer">; onChanged: () => void }) {
  const { route } = useLocation();
  const action = useAction();
  const [text, setText] = useState(props.rule.rule);
  const [isAsking, setAsking] = useState(false);
  const address = `/v1/rules/${part(props.rule.name)}`;
  const change = async (event: Event) => {
    event.preventDefault();
    if (await action.run(() => put(address, { rule: text }), t("The rule says this from now on."))) props.onChanged();
  };
  const remove = async () => {
    setAsking(false);
    if (await action.run(() => del(address))) route("/console/rules");
  };
  return (
    <form onSubmit={change}>
      <h2>{t("Change it")}</h2>
      <RuleHelp />
      <RuleField value={text} onValue={setText} error={action.error} />
      {text !== props.rule.rule && <RuleTrial name={props.rule.name} rule={text} />}
      {!wrongWith(action.error, "text") && <Outcome of={action} />}
      <div class="actions">
        <Button kind="primary" type="submit">
          {t("Change the rule")}
        </Button>
        <Button onPress={() => setAsking(true)}>{t("End the rule…")}</Button>
      </div>
      <Dialog
        title={t("End this rule?")}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        actions={
          <Button kind="danger" onPress={remove}>
            {t("End the rule")}
          </Button>
        }
      >
        <p>{t("What is open under it is stopped. What it did stays readable.")}</p>
      </Dialog>
    </form>
  );
}

export default function Rule({ name }: { name: string }) {
  const { session } = useSession();
  const address = `/v1/rules/${part(name)}`;
  const rule = useLoad<Schema<"RuleAnswer">>(address);
  const log = useLoad<Schema<"EscalationList">>(`${address}/log`);
  const reload = () => {
    rule.reload();
    log.reload();
  };
  return (
    <Page title={t("Rule {name}", { name })}>
      <Loading of={rule}>
        {(found) => (
          <>
            <p>
              <code dir="ltr" lang="en">
                {found.rule}
              </code>
            </p>
            {!found.enabled && <Notice kind="warning">{t("The rule is switched off: it tells nobody.")}</Notice>}
            {isAtLeast(session, "administrator") && <Switch rule={found} onChanged={reload} />}
            <p class="quiet">
              {tn("{n} step", "{n} steps", found.steps.length)}, {t("said by {name}", { name: found.made_by })}, <Time at={found.made_at} />
            </p>
            <Loading of={log}>{({ escalations }) => <EscalationTable caption={t("What it did")} rows={escalations} />}</Loading>
            <form onSubmit={(event) => event.preventDefault()}>
              <h2>{t("Try it on an alert")}</h2>
              <RuleTrial name={name} />
            </form>
            {isAtLeast(session, "administrator") && <Change rule={found} onChanged={reload} />}
          </>
        )}
      </Loading>
      <p class="quiet">{t("Shown are the newest {count} steps.", { count: number(100) })}</p>
    </Page>
  );
}
