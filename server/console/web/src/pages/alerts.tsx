// All alerts, with filters; the newest first.
import { useEffect, useMemo, useState } from "preact/hooks";
import { get } from "../api";
import type { Schema } from "../hub";
import { said, t, tn } from "../i18n";
import { folded } from "../places";
import { isAtLeast, useSession } from "../session";
import { CheckField, SelectField, TextField } from "../ui/field";
import { ProblemNotice } from "../ui/notice";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { SEVERITIES, Severity, Status, Time, Words } from "../ui/words";

type Row = Schema<"AlertSummary">;
type List = Schema<"AlertList">;

/** Of all alerts, so many of the newest are looked at; those in force are all there. */
const NEWEST = 500;

const GRAVITY = Object.keys(SEVERITIES);

async function load(isAll: boolean, severity: string): Promise<Row[]> {
  const query = { limit: 1000, severity: severity || undefined };
  const inForce = await get<List>("/v1/alerts", { ...query, in_force: true });
  const found = [...inForce.alerts];
  let next = inForce.next;
  while (next !== null) {
    const page: List = await get<List>("/v1/alerts", { ...query, in_force: true, after: next });
    found.push(...page.alerts);
    next = page.next;
  }
  if (!isAll) return found;
  const head = Number(inForce.position.split("-").pop());
  const rest = await get<List>("/v1/alerts", { ...query, in_force: false, after: Math.max(0, head - NEWEST) });
  return [...found, ...rest.alerts];
}

export default function Alerts() {
  const { session } = useSession();
  const [isAll, setAll] = useState(false);
  const [severity, setSeverity] = useState("");
  const [words, setWords] = useState("");
  const [state, setState] = useState<{ rows: Row[] | null; error: unknown }>({ rows: null, error: null });
  useEffect(() => {
    let isWanted = true;
    load(isAll, severity).then(
      (rows) => isWanted && setState({ rows, error: null }),
      (error: unknown) => isWanted && setState((before) => ({ ...before, error })),
    );
    return () => {
      isWanted = false;
    };
  }, [isAll, severity]);
  const shown = useMemo(() => {
    const wanted = folded(words.trim());
    const rows = state.rows ?? [];
    const found = rows.filter((row) => folded([row.headline, row.event, row.sender, row.identifier, ...(row.audience.areas ?? [])].join(" ")).includes(wanted));
    return found.sort((one, other) => other.number - one.number);
  }, [state.rows, words]);
  return (
    <Page
      title={t("Alerts")}
      actions={
        isAtLeast(session, "author") && (
          <a class="button button-primary" href="/console/compose">
            {t("Write an alert")}
          </a>
        )
      }
    >
      <div class="filters" role="search">
        <TextField label={t("Search")} hint={t("Words, sender or area code")} type="search" value={words} onValue={setWords} />
        <SelectField
          label={t("At least so grave")}
          value={severity}
          onValue={setSeverity}
          options={[{ value: "", label: t("All") }, ...GRAVITY.slice(0, 4).map((one) => ({ value: one, label: said(SEVERITIES[one]!.message) }))]}
        />
        <CheckField label={t("Also those that are over")} checked={isAll} onValue={setAll} />
      </div>
      {Boolean(state.error) && <ProblemNotice error={state.error} />}
      <p role="status" class="hint">
        {state.rows === null ? t("Loading…") : tn("{n} alert", "{n} alerts", shown.length)}
      </p>
      <Table
        caption={isAll ? t("Alerts in force, and the newest of those that are over") : t("Alerts in force")}
        rows={shown}
        rowKey={(row) => row.number}
        columns={[
          { key: "severity", heading: t("Severity"), cell: (row) => <Severity value={row.severity} />, by: (row) => GRAVITY.indexOf(row.severity) },
          {
            key: "headline",
            heading: t("Alert"),
            isName: true,
            by: (row) => row.headline ?? row.event ?? "",
            cell: (row) => (
              <>
                <Status value={row.status} />{" "}
                <a href={`/console/alerts/${row.number}`}>
                  <Words>{(row.headline ?? row.event ?? `${row.msgType} ${row.number}`).slice(0, 300)}</Words>
                </a>
              </>
            ),
          },
          { key: "for", heading: t("For"), cell: (row) => <Words>{whom(row)}</Words> },
          { key: "sent", heading: t("Published"), by: (row) => row.published_at, cell: (row) => <Time at={row.published_at} isShort /> },
          {
            key: "state",
            heading: t("State"),
            by: (row) => String(row.in_force),
            cell: (row) =>
              row.in_force ? (
                <>
                  {t("in force, until")} <Time at={row.expires} isShort />
                </>
              ) : row.replaced_by !== null ? (
                <a href={`/console/alerts/${row.replaced_by}`}>{t("replaced by {number}", { number: String(row.replaced_by) })}</a>
              ) : (
                t("over")
              ),
          },
          { key: "watch", heading: t("Reached"), cell: (row) => <a href={`/console/alerts/${row.number}/watch`}>{t("Watch")}<span class="visually-hidden"> {row.number}</span></a> },
        ]}
      />
    </Page>
  );
}

export function whom(row: { audience: { areas?: readonly string[]; roles?: readonly string[]; devices?: readonly string[]; everyone?: boolean } | null }): string {
  const { audience } = row;
  if (!audience) return t("as before");
  if (audience.everyone) return t("everyone");
  const named = [...(audience.areas ?? []), ...(audience.roles ?? []), ...(audience.devices ?? [])];
  const rest = named.length - 6;
  return [...named.slice(0, 6), ...(rest > 0 ? [t("{rest} more", { rest })] : [])].join(", ") || t("nobody yet");
}
