// What feeds brought: the alerts that wait for a decision, or all with what became of them.
import { useState } from "preact/hooks";
import type { Schema } from "../hub";
import { said, say, t } from "../i18n";
import { SelectField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Severity, Status, Time, Words } from "../ui/words";

type Item = Schema<"FeedItemAnswer">;

export const OUTCOMES: Record<Schema<"Outcome">, string> = {
  held: say("Waits for a decision"),
  published: say("Published"),
  rejected: say("Rejected"),
  withdrawn: say("Withdrawn by its sender"),
  filtered: say("Left out by the filter"),
  "not-addressed": say("For no area that is known here"),
  duplicate: say("Known already"),
  own: say("This hub's own"),
  expired: say("Expired"),
  superseded: say("Replaced by a newer one"),
  "nothing-to-cancel": say("Cancels what is not here"),
  "signature-missing": say("Not signed"),
  "signature-untrusted": say("Signed by somebody not trusted"),
  "signature-broken": say("Signature broken"),
  "not-valid": say("Not valid CAP"),
  "no-alert": say("No alert in it"),
  "refused-address": say("Its address may not be asked"),
  "too-large": say("Too large"),
  failing: say("Could not be fetched; tried again"),
  failed: say("Could not be fetched"),
};

export function ItemTable({ caption, rows }: { caption: string; rows: readonly Item[] }) {
  return (
    <Table
      caption={caption}
      rows={rows}
      rowKey={(row) => row.item}
      empty={t("Nothing is here.")}
      columns={[
        {
          key: "headline",
          heading: t("Alert"),
          isName: true,
          cell: (row) => (
            <>
              <Status value={row.status || "Actual"} /> {row.urgent && <strong>{t("Cancel")} </strong>}
              <a href={`/console/feed-items/${row.item}`}>
                <Words>{row.headline || row.event || row.title || row.identifier || row.address}</Words>
              </a>
            </>
          ),
        },
        { key: "severity", heading: t("Severity"), cell: (row) => (row.severity ? <Severity value={row.severity} /> : "–") },
        { key: "feed", heading: t("Feed"), cell: (row) => row.feed, by: (row) => row.feed },
        {
          key: "outcome",
          heading: t("What became of it"),
          by: (row) => row.outcome,
          cell: (row) => (row.number !== null ? <a href={`/console/alerts/${row.number}`}>{said(OUTCOMES[row.outcome])}</a> : said(OUTCOMES[row.outcome])),
        },
        { key: "found", heading: t("Found"), cell: (row) => <Time at={row.found_at} isShort />, by: (row) => row.found_at },
        { key: "expires", heading: t("Holds until"), cell: (row) => (row.expires ? <Time at={row.expires} isShort /> : "–") },
      ]}
    />
  );
}

export default function FeedItems() {
  const [outcome, setOutcome] = useState("held");
  const items = useLoad<Schema<"FeedItemList">>("/v1/feed-items", outcome ? { outcome: [outcome], limit: 1000 } : { limit: 1000 });
  return (
    <Page title={t("Alerts from feeds")} intro={t("Nobody in the field sees an alert that waits here before somebody has approved it.")}>
      <SelectField
        label={t("Show")}
        value={outcome}
        onValue={setOutcome}
        options={[{ value: "", label: t("All") }, ...Object.entries(OUTCOMES).map(([value, words]) => ({ value, label: said(words) }))]}
      />
      <Loading of={items}>{({ items: rows }) => <ItemTable caption={t("Alerts")} rows={[...rows].reverse()} />}</Loading>
    </Page>
  );
}
