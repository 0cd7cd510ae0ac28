// What rules did, or will do: each step, and whom it told.
import type { Schema } from "../hub";
import { said, say, t } from "../i18n";
import { Table } from "./table";
import { Heard, Time, Words } from "./words";

const STATES: Record<Schema<"StepState"> | Schema<"TellingState">, string> = {
  waiting: say("Waiting"),
  told: say("Told"),
  nobody: say("There was nobody to tell"),
  stopped: say("Not needed any more"),
  sending: say("Being sent"),
  sent: say("Sent"),
  failed: say("Failed; tried again"),
  "given-up": say("Failed"),
};

export function EscalationTable(props: { caption: string; rows: readonly Schema<"DoneAnswer">[]; withRule?: boolean }) {
  return (
    <Table
      caption={props.caption}
      rows={props.rows}
      rowKey={(row) => `${row.rule} ${row.alert} ${row.silence} ${row.step}`}
      empty={t("Nobody has been told anything.")}
      columns={[
        {
          key: "what",
          heading: t("About"),
          isName: true,
          cell: (row) => (
            <>
              {row.alert !== null ? <a href={`/console/alerts/${row.alert}`}>{t("Alert {number}", { number: row.alert })}</a> : t("Silence")}
              {props.withRule && (
                <>
                  {" · "}
                  <Words>{row.rule}</Words>
                </>
              )}
              {", "}
              {t("step {step}", { step: row.step })}
            </>
          ),
        },
        { key: "due", heading: t("Due"), cell: (row) => <Time at={row.due_at} isShort />, by: (row) => row.due_at },
        {
          key: "state",
          heading: t("State"),
          cell: (row) => (
            <>
              {said(STATES[row.state])}
              {row.words && (
                <div class="quiet">
                  <Heard>{row.words}</Heard>
                </div>
              )}
            </>
          ),
        },
        {
          key: "told",
          heading: t("Who was told"),
          cell: (row) => (
            <ul class="plain-list">
              {row.told.map((one) => (
                <li key={one.contact}>
                  <Words>{one.contact}</Words>: {said(STATES[one.state])}, <Time at={one.changed_at} isShort />
                  {one.may_have_arrived_twice && ` (${t("may have arrived twice")})`}
                  {one.words && (
                    <div class="quiet">
                      <Heard>{one.words}</Heard>
                    </div>
                  )}
                  {one.text && (
                    <div class="quiet">
                      “<Words>{one.text}</Words>”
                    </div>
                  )}
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}
