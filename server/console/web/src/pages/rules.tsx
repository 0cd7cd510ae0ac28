// Escalation: who is told when nobody acts. All rules, a new one, and who is quieter than usual.
import { useState } from "preact/hooks";
import { part, post } from "../api";
import type { Schema } from "../hub";
import { said, say, t } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { Outcome, useAction, wrongWith } from "../ui/action";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { RuleField, RuleHelp, RuleTrial } from "../ui/rulefield";
import { Table } from "../ui/table";
import { Heard, Time, Words } from "../ui/words";

type Watched = Schema<"WatchedAnswer">;

const KINDS: Record<Watched["kind"], string> = {
  sender: say("Source of alerts"),
  feed: say("Feed"),
  area: say("Devices of an area"),
  acks: say("Acknowledgements of an area"),
};
const VERDICTS: Record<Schema<"Verdict">, string> = {
  silent: say("Silent"),
  usual: say("As usual"),
  "not judged": say("Not enough heard to judge"),
};

function Silence() {
  const silence = useLoad<Schema<"SilenceAnswer">>("/v1/silence");
  return (
    <Loading of={silence}>
      {({ watched }) => (
        <Table
          caption={t("Who is quieter than usual")}
          rows={watched}
          rowKey={(row) => row.kind + row.name}
          empty={t("Nothing is watched yet: the hub learns from what it hears.")}
          columns={[
            { key: "name", heading: t("Name"), isName: true, cell: (row) => <Words>{row.name}</Words>, by: (row) => row.name },
            { key: "kind", heading: t("Kind"), cell: (row) => said(KINDS[row.kind]) },
            { key: "state", heading: t("State"), cell: (row) => said(VERDICTS[row.state]), by: (row) => row.state },
            { key: "words", heading: t("Figures"), cell: (row) => <Heard>{row.words}</Heard> },
            { key: "since", heading: t("Noticed"), cell: (row) => (row.since ? <Time at={row.since} /> : "–") },
          ]}
        />
      )}
    </Loading>
  );
}

export default function Rules() {
  const { session } = useSession();
  const rules = useLoad<Schema<"RuleList">>("/v1/rules");
  const action = useAction();
  const [name, setName] = useState("");
  const [rule, setRule] = useState("");
  const add = async (event: Event) => {
    event.preventDefault();
    if (!(await action.run(() => post("/v1/rules", { name, rule }), t("The rule holds.")))) return;
    setName("");
    setRule("");
    rules.reload();
  };
  return (
    <Page title={t("Escalation")} intro={t("Who is told besides the field, when devices have not acted in time, or when somebody falls silent.")}>
      <Loading of={rules}>
        {({ rules: rows }) => (
          <Table
            caption={t("Rules")}
            rows={rows}
            rowKey={(row) => row.name}
            empty={t("There is no rule yet: nobody is told but the field.")}
            columns={[
              {
                key: "name",
                heading: t("Name"),
                isName: true,
                cell: (row) => (
                  <a href={`/console/rules/${part(row.name)}`}>
                    <Words>{row.name}</Words>
                  </a>
                ),
              },
              {
                key: "rule",
                heading: t("Rule"),
                cell: (row) => (
                  <code dir="ltr" lang="en">
                    {row.rule}
                  </code>
                ),
              },
              {
                key: "state",
                heading: t("State"),
                cell: (row) => (row.enabled ? <span class="good">✓ {t("On")}</span> : t("Switched off")),
                by: (row) => String(row.enabled),
              },
              { key: "by", heading: t("Said by"), cell: (row) => <Words>{row.made_by}</Words> },
              { key: "at", heading: t("Since"), cell: (row) => <Time at={row.made_at} isShort />, by: (row) => row.made_at },
            ]}
          />
        )}
      </Loading>
      {isAtLeast(session, "administrator") && (
        <form onSubmit={add}>
          <h2>{t("Add a rule")}</h2>
          <RuleHelp />
          <TextField label={t("Name")} value={name} onValue={setName} error={wrongWith(action.error, "name")} required maxLength={64} />
          <RuleField value={rule} onValue={setRule} error={action.error} />
          {rule.trim() !== "" && <RuleTrial name={name || "new"} rule={rule} />}
          {!wrongWith(action.error, "text") && !wrongWith(action.error, "name") && <Outcome of={action} />}
          <Button kind="primary" type="submit">
            {t("Add the rule")}
          </Button>
        </form>
      )}
      <h2>{t("Silence")}</h2>
      <Silence />
    </Page>
  );
}
