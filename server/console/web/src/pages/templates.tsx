// Templates: alerts for the common cases. Those that came with the program, and those that were written here.
import { part } from "../api";
import type { Template } from "../compose";
import type { Schema } from "../hub";
import { languageName, t, tn } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { titleOf } from "../templates";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Severity, Time, Words } from "../ui/words";

export const copyOf = (name: string): string => `/console/new-template?from=${part(name)}`;

/** Who wrote it, and whether that stands in the place of something. */
export function Origin({ template }: { template: Template }) {
  if (template.changed_by === null) return <>{t("Came with the program")}</>;
  return (
    <>
      <Words>{template.changed_by}</Words>, <Time at={template.changed_at} isShort />
      {template.shipped && <div class="quiet">{t("In the place of the one that came with the program")}</div>}
    </>
  );
}

export default function Templates() {
  const { session } = useSession();
  const mayChange = isAtLeast(session, "approver");
  const found = useLoad<Schema<"TemplateList">>("/v1/templates");
  const columns = [
    {
      key: "title",
      heading: t("Template"),
      isName: true,
      by: titleOf,
      cell: (row: Template) => (
        <>
          <a href={`/console/templates/${part(row.name)}`}>
            <Words>{titleOf(row)}</Words>
          </a>
          <div class="quiet">
            <code dir="ltr">{row.name}</code>
          </div>
        </>
      ),
    },
    { key: "severity", heading: t("How grave"), cell: (row: Template) => <Severity value={row.severity} /> },
    { key: "languages", heading: t("Languages"), cell: (row: Template) => Object.keys(row.text).map(languageName).join(", ") },
    { key: "holds", heading: t("Holds for"), cell: (row: Template) => tn("{n} hour", "{n} hours", row.holds_hours), by: (row: Template) => row.holds_hours },
    { key: "origin", heading: t("By whom"), cell: (row: Template) => <Origin template={row} />, by: (row: Template) => row.changed_at ?? "" },
  ];
  const doing = {
    key: "doing",
    heading: t("Actions"),
    cell: (row: Template) => (
      <a class="button" href={copyOf(row.name)} aria-label={t("Make another from {name}", { name: titleOf(row) })}>
        {t("Make another from it")}
      </a>
    ),
  };
  return (
    <Page
      title={t("Templates")}
      intro={t("Alerts for the common cases, with blanks to fill. Whoever writes an alert can begin with one.")}
      actions={
        mayChange && (
          <a class="button button-primary" href="/console/new-template">
            {t("Write a template")}
          </a>
        )
      }
    >
      <Loading of={found}>
        {({ templates }) => (
          <Table
            caption={t("Templates")}
            isCaptionHidden
            rows={templates}
            rowKey={(row) => row.name}
            empty={t("There is no template yet.")}
            columns={mayChange ? [...columns, doing] : columns}
          />
        )}
      </Loading>
    </Page>
  );
}
