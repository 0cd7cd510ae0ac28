// What is not published: what waits for approval first, then what is scheduled, being written, and what came to nothing.
import { useState } from "preact/hooks";
import type { Schema } from "../hub";
import { said, t } from "../i18n";
import { useSession } from "../session";
import { DRAFT_STATUSES } from "../terms";
import { CheckField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Severity, Status, Time, Words } from "../ui/words";
import { whom } from "./alerts";

type Row = Schema<"DraftSummary">;

const ORDER = ["waiting", "failed", "rejected", "scheduled", "draft", "withdrawn", "published"];
const CURRENT = ["waiting", "failed", "rejected", "scheduled", "draft"];

export default function Drafts() {
  const { session } = useSession();
  const [isAll, setAll] = useState(false);
  const found = useLoad<Schema<"DraftList">>("/v1/drafts", { limit: 500, ...(isAll ? {} : { status: CURRENT }) });
  const cells = (row: Row) => (
    <>
      <Status value={row.alert_status || "Actual"} />{" "}
      <a href={row.status === "draft" ? `/console/compose/${row.id}` : `/console/drafts/${row.id}`}>
        <Words>{row.headline.slice(0, 300) || t("Draft {number}", { number: String(row.id) })}</Words>
      </a>
    </>
  );
  return (
    <Page
      title={t("Drafts and approvals")}
      intro={t("An Extreme alert goes out only when another person, an approver, has read it and said yes.")}
      actions={
        <a class="button button-primary" href="/console/compose">
          {t("Write an alert")}
        </a>
      }
    >
      <CheckField label={t("Also those that were published or withdrawn")} checked={isAll} onValue={setAll} />
      <Loading of={found}>
        {({ drafts }) => (
          <Table
            caption={t("Alerts that are not published")}
            rows={[...drafts].sort((one, other) => ORDER.indexOf(one.status) - ORDER.indexOf(other.status) || other.id - one.id)}
            rowKey={(row) => row.id}
            columns={[
              {
                key: "status",
                heading: t("State"),
                by: (row) => ORDER.indexOf(row.status),
                cell: (row) => (
                  <>
                    {row.status === "waiting" ? <strong>{said(DRAFT_STATUSES[row.status]!)}</strong> : said(DRAFT_STATUSES[row.status]!)}
                    {row.publish_at && (
                      <>
                        {", "}
                        <Time at={row.publish_at} isShort />
                      </>
                    )}
                    {row.status === "waiting" && session && row.authors.includes(session.name) && <span class="quiet"> {t("(yours: somebody else decides)")}</span>}
                  </>
                ),
              },
              { key: "severity", heading: t("Severity"), cell: (row) => (row.severity ? <Severity value={row.severity} /> : <span class="quiet">–</span>) },
              { key: "headline", heading: t("Alert"), isName: true, cell: cells },
              { key: "for", heading: t("For"), cell: (row) => <Words>{whom(row)}</Words> },
              { key: "by", heading: t("Written by"), by: (row) => row.changed_by, cell: (row) => <Words>{row.authors.join(", ")}</Words> },
              { key: "at", heading: t("Changed"), by: (row) => row.changed_at, cell: (row) => <Time at={row.changed_at} isShort /> },
            ]}
          />
        )}
      </Loading>
    </Page>
  );
}
