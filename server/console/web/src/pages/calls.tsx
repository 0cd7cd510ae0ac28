// Whom to call about an alert: who has it not first, and of these who was not heard for longest. To print, and for a spreadsheet.
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { ask, part } from "../api";
import type { Schema } from "../hub";
import { moment, said, say, t, tn } from "../i18n";
import { Outcome, useAction } from "../ui/action";
import { Button } from "../ui/button";
import { CheckField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Time, Words } from "../ui/words";

type Missing = Schema<"Missing">;
const MISSING: readonly Missing[] = ["delivery", "acknowledgement", "answer"];
const MESSAGES: Record<Missing, string> = {
  delivery: say("Has not got it"),
  acknowledgement: say("Has not acknowledged it"),
  answer: say("Has not answered"),
};
const SHOWN_MAX = 2000;

export default function Calls() {
  const { alert } = useRoute().params as { alert: string };
  const [missing, setMissing] = useState<readonly Missing[]>(["delivery", "acknowledgement"]);
  const path = `/v1/alerts/${part(alert)}/calls`;
  const calls = useLoad<Schema<"CallsAnswer">>(path, { missing, limit: SHOWN_MAX });
  const action = useAction();
  const save = () =>
    action.run(async () => {
      const { body } = await ask<string>("GET", path, { query: { missing, limit: 100_000 }, headers: { Accept: "text/csv" } });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\ufeff", body], { type: "text/csv;charset=utf-8" })); // a mark for Excel
      link.download = `calls-${alert}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    });
  return (
    <Page
      title={t("Call list of alert {alert}", { alert })}
      actions={
        <>
          <a class="button" href={`/console/alerts/${part(alert)}/watch`}>
            {t("Watch the alert")}
          </a>
          <Button onPress={calls.reload}>{t("Read it anew")}</Button>
          <Button onPress={save}>{t("Save as CSV")}</Button>
          <Button kind="primary" onPress={() => window.print()}>
            {t("Print")}
          </Button>
        </>
      }
    >
      <Outcome of={action} />
      <fieldset class="radios no-print">
        <legend>{t("Whom to list")}</legend>
        {MISSING.map((one) => (
          <CheckField
            key={one}
            label={said(MESSAGES[one])}
            checked={missing.includes(one)}
            onValue={(isOn) => setMissing(MISSING.filter((other) => (other === one ? isOn : missing.includes(other))))}
          />
        ))}
      </fieldset>
      {missing.length === 0 ? (
        <p>{t("Choose whom to list.")}</p>
      ) : (
        <Loading of={calls}>
          {(found) => {
            const count = MISSING.reduce((sum, one) => sum + (found.counts[one] ?? 0), 0);
            return (
              <>
                <p role="status">
                  {tn("{n} device to call, as of {at}.", "{n} devices to call, as of {at}.", count, { at: moment(found.at) })}{" "}
                  {count > found.calls.length && t("The first {n} are shown; the CSV file has all.", { n: found.calls.length })}
                </p>
                <Table
                  caption={t("Whom to call, the most urgent first")}
                  rows={found.calls}
                  rowKey={(row) => row.device}
                  empty={t("Nobody has to be called.")}
                  columns={[
                    {
                      key: "name",
                      heading: t("Device"),
                      isName: true,
                      by: (row) => row.name,
                      cell: (row) => <Words>{row.name || row.device}</Words>,
                    },
                    {
                      key: "phone",
                      heading: t("Telephone"),
                      cell: (row) => (row.phone ? <a href={`tel:${row.phone}`}>{row.phone}</a> : "–"),
                    },
                    {
                      key: "area",
                      heading: t("Area"),
                      by: (row) => row.areas[0]?.code ?? "",
                      cell: (row) => <Words>{row.areas.map((area) => area.name || area.code).join(", ") || "–"}</Words>,
                    },
                    {
                      key: "supervisor",
                      heading: t("Supervisor"),
                      by: (row) => row.supervisor ?? "",
                      cell: (row) => row.supervisor ?? "–",
                    },
                    {
                      key: "last",
                      heading: t("Last seen"),
                      by: (row) => row.last_seen ?? "",
                      cell: (row) => (row.connected ? t("connected now") : <Time at={row.last_seen} />),
                    },
                    {
                      key: "missing",
                      heading: t("What is missing"),
                      by: (row) => MISSING.indexOf(row.missing),
                      cell: (row) => said(MESSAGES[row.missing]),
                    },
                  ]}
                />
              </>
            );
          }}
        </Loading>
      )}
    </Page>
  );
}
