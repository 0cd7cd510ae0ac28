// Codes for devices that were imported.
import { useState } from "preact/hooks";
import { del, part, post } from "../../api";
import type { Schema } from "../../hub";
import { said, say, t, tn } from "../../i18n";
import { Outcome, useAction } from "../../ui/action";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { Loading, useLoad } from "../../ui/load";
import { Notice } from "../../ui/notice";
import { Table } from "../../ui/table";
import { Time, Words } from "../../ui/words";
import { A_REQUEST, Common, type Sheet } from "./common";

type Row = Schema<"RosterAnswer">;

const SHOWN = 500;
const STATES: Record<Row["state"], string> = {
  expected: say("expected"),
  printed: say("code printed"),
  enrolled: say("enrolled"),
  revoked: say("revoked"),
};

export function FromRoster({ onSheet }: { onSheet: (sheet: Sheet) => void }) {
  const roster = useLoad<Schema<"RosterList">>("/v1/roster");
  const [state, setState] = useState<"" | Row["state"]>("expected");
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [address, setAddress] = useState(location.origin);
  const [days, setDays] = useState("30");
  const action = useAction();
  const toggle = (reference: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(reference)) next.add(reference);
      return next;
    });
  const make = () =>
    action.run(async () => {
      const references = [...chosen];
      const made: Sheet[] = [];
      for (let from = 0; from < references.length; from += A_REQUEST) {
        const some = references.slice(from, from + A_REQUEST);
        made.push(await post<Sheet>("/v1/enrolment-sheets", { references: some, address, valid_seconds: Number(days) * 86_400 }));
      }
      onSheet({ ...made[0]!, entries: made.flatMap(({ entries }) => entries) });
    });
  const [leaving, setLeaving] = useState<Row | null>(null);
  const forget = async (row: Row) => {
    setLeaving(null);
    if (await action.run(() => del(`/v1/roster/${part(row.reference)}`))) roster.reload();
  };
  return (
    <Loading of={roster}>
      {({ rows: all }) => {
        const wanted = words.trim().toLowerCase();
        const rows = all.filter(
          (row) => (!state || row.state === state) && `${row.name} ${row.reference} ${row.areas.join(" ")}`.toLowerCase().includes(wanted),
        );
        const printable = rows.filter((row) => row.state !== "enrolled");
        const isAll = printable.length > 0 && printable.every((row) => chosen.has(row.reference));
        return all.length === 0 ? (
          <Notice title={t("No devices have been imported yet.")}>
            <p>
              <a href="/console/import?kind=devices">{t("Import a table of devices")}</a>
            </p>
          </Notice>
        ) : (
          <>
            <div class="filter-grid" role="search" aria-label={t("Filter devices")}>
              <TextField label={t("Search")} type="search" value={words} onValue={setWords} />
              <SelectField
                label={t("State")}
                value={state}
                onValue={(value) => setState(value as "" | Row["state"])}
                options={[
                  { value: "", label: t("all") },
                  ...Object.entries(STATES).map(([value, message]) => ({ value, label: said(message) })),
                ]}
              />
            </div>
            <Common address={address} onAddress={setAddress} days={days} onDays={setDays} />
            <Outcome of={action} />
            <div class="actions">
              <Button
                disabled={printable.length === 0}
                onPress={() => setChosen(new Set(isAll ? [] : printable.map((row) => row.reference)))}
              >
                {isAll ? t("Choose none") : tn("Choose the one", "Choose all {n}", printable.length)}
              </Button>
              <Button kind="primary" disabled={chosen.size === 0} onPress={make}>
                {tn("Make a sheet with {n} code", "Make a sheet with {n} codes", chosen.size)}
              </Button>
            </div>
            <Table
              caption={tn("{n} device", "{n} devices", rows.length)}
              rows={rows.slice(0, SHOWN)}
              rowKey={(row) => row.reference}
              empty={t("None is so far.")}
              columns={[
                {
                  key: "choose",
                  heading: t("Choose"),
                  cell: (row) =>
                    row.state !== "enrolled" && (
                      <input
                        type="checkbox"
                        aria-label={t("Choose {name}", { name: row.name })}
                        checked={chosen.has(row.reference)}
                        onChange={() => toggle(row.reference)}
                      />
                    ),
                },
                { key: "name", heading: t("Name"), isName: true, by: (row) => row.name, cell: (row) => <Words>{row.name}</Words> },
                { key: "reference", heading: t("Reference"), by: (row) => row.reference, cell: (row) => <code>{row.reference}</code> },
                { key: "areas", heading: t("Areas"), by: (row) => row.areas.join(), cell: (row) => <code>{row.areas.join(" ")}</code> },
                { key: "roles", heading: t("Roles"), cell: (row) => <Words>{row.roles.join(", ")}</Words> },
                { key: "phone", heading: t("Phone"), cell: (row) => row.phone ?? "" },
                {
                  key: "state",
                  heading: t("State"),
                  by: (row) => row.state,
                  cell: (row) => (
                    <>
                      {said(STATES[row.state])}
                      {row.code_until && (
                        <span class="quiet">
                          {" "}
                          ({t("until")} <Time at={row.code_until} isShort />)
                        </span>
                      )}
                    </>
                  ),
                },
                {
                  key: "forget",
                  heading: t("Take out"),
                  cell: (row) => (
                    <button
                      type="button"
                      class="button"
                      aria-label={t("Take {name} out of the list", { name: row.name })}
                      onClick={() => setLeaving(row)}
                    >
                      {t("Take out")}
                    </button>
                  ),
                },
              ]}
            />
            {leaving && (
              <Dialog
                title={t("Take {name} out of the list", { name: leaving.name })}
                isOpen
                onClose={() => setLeaving(null)}
                actions={
                  <Button kind="danger" onPress={() => forget(leaving)}>
                    {t("Take out")}
                  </Button>
                }
              >
                <p>{t("The code that was printed for it ends. A device that is enrolled already stays so: to end that, revoke it.")}</p>
              </Dialog>
            )}
          </>
        );
      }}
    </Loading>
  );
}
