// The audit log: who has decided what, and whether the log is what it was.
import { useState } from "preact/hooks";
import { get } from "../api";
import type { Schema } from "../hub";
import { moment, number, said, say, t } from "../i18n";
import { Outcome, useAction } from "../ui/action";
import { Button } from "../ui/button";
import { SelectField, TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Heard, Words } from "../ui/words";

type Row = Schema<"AuditRowAnswer">;
type AuditPage = Schema<"AuditPage">;

const KINDS: Record<string, string> = {
  "alert.": say("Alerts"),
  "draft.": say("Drafts and approvals"),
  "template.": say("Templates"),
  "person.": say("People"),
  "session.": say("Signing in and out"),
  "token.": say("Tokens"),
  "device.": say("Devices"),
  "code.": say("Enrolment codes"),
  "area.": say("Areas and facilities"),
  "rule.": say("Rules"),
  "contact.": say("Contacts"),
  "feed.": say("Feeds"),
  "feed-item.": say("Alerts of feeds"),
  "webhook.": say("Webhooks"),
  "audit.": say("Exports of this log"),
};

const ACTIONS: Record<string, string> = {
  "alert.published": say("Alert published"),
  "alert.updated": say("Alert updated"),
  "alert.cancelled": say("Alert cancelled"),
  "alert.break-glass": say("Alert published without the second person (break-glass)"),
  "draft.saved": say("Draft saved"),
  "draft.submitted": say("Draft handed in for approval"),
  "draft.approved": say("Draft approved"),
  "draft.rejected": say("Draft rejected"),
  "draft.scheduled": say("Draft scheduled"),
  "draft.withdrawn": say("Draft given up"),
  "template.changed": say("Template changed"),
  "template.removed": say("Template removed"),
  "person.added": say("Account made"),
  "person.changed": say("Account changed"),
  "person.invited": say("Code given to set a password"),
  "password.changed": say("Password set"),
  "session.began": say("Signed in"),
  "session.refused": say("Sign-in refused"),
  "session.ended": say("Signed out"),
  "token.made": say("Token made"),
  "token.revoked": say("Token revoked"),
  "code.made": say("Enrolment code made"),
  "device.enrolled": say("Device enrolled"),
  "device.changed": say("Device changed"),
  "device.moved": say("Devices moved"),
  "device.imported": say("Devices imported"),
  "device.revoked": say("Device revoked"),
  "area.imported": say("Areas imported"),
  "area.changed": say("Area changed"),
  "area.removed": say("Area removed"),
  "rule.changed": say("Rule changed"),
  "rule.removed": say("Rule removed"),
  "contact.added": say("Contact added"),
  "contact.changed": say("Contact changed"),
  "contact.removed": say("Contact removed"),
  "feed.added": say("Feed added"),
  "feed.changed": say("Feed changed"),
  "feed.removed": say("Feed removed"),
  "feed-item.approved": say("Alert of a feed approved"),
  "feed-item.rejected": say("Alert of a feed rejected"),
  "webhook.added": say("Webhook added"),
  "webhook.changed": say("Webhook changed"),
  "webhook.removed": say("Webhook removed"),
  "dictionary.used": say("Dictionary put in use"),
  "dictionary.removed": say("Dictionary removed"),
  "audit.exported": say("Audit log exported"),
  "store.restored": say("Backup put back"),
};

/** What was decided, in words; of a later hub's actions, their name. */
function Action({ action }: { action: string }) {
  const message = ACTIONS[action];
  return message ? <span title={action}>{said(message)}</span> : <code dir="ltr">{action}</code>;
}

function Verified() {
  const [found, setFound] = useState<Schema<"AuditVerified"> | null>(null);
  const action = useAction();
  const verify = () => action.run(async () => setFound(await get("/v1/audit/verification")));
  return (
    <section class="card">
      <h2>{t("Is the log what it was?")}</h2>
      <p>{t("Each row has a hash over itself and the row before. What was changed, removed or put in shows; whether the end was cut off shows against an export that was kept elsewhere.")}</p>
      <Outcome of={action} />
      {found &&
        (found.is_whole ? (
          <Notice kind="good" title={t("Verified up to row {row}", { row: number(found.number) })}>
            <p>{t("Keep this hash elsewhere; a later log must still have it:")}</p>
            <code dir="ltr" class="breaks">
              {found.hash}
            </code>
          </Notice>
        ) : (
          <Notice kind="error" title={t("The log is not what it was")}>
            <Heard>{found.problem}</Heard>
          </Notice>
        ))}
      <div class="actions">
        <Button onPress={verify}>{t("Verify")}</Button>
        <a class="button button-plain" href="/v1/audit/export" download>
          {t("Export everything")}
        </a>
      </div>
    </section>
  );
}

function Members({ members }: { members: Row["members"] }) {
  const said = Object.entries(members);
  if (said.length === 0) return null;
  return (
    <details>
      <summary>{t("Details")}</summary>
      <dl class="facts">
        {said.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>
              <Words>{typeof value === "string" ? value : JSON.stringify(value)}</Words>
            </dd>
          </>
        ))}
      </dl>
    </details>
  );
}

export default function Audit() {
  const [wished, setWished] = useState({ by: "", subject: "", action: "", since: "", until: "" });
  const [asked, setAsked] = useState<Record<string, string>>({});
  const [pages, setPages] = useState<number[]>([]);
  const before = pages[pages.length - 1];
  const query = { ...asked, ...(before !== undefined && { before }), limit: 50 };
  const log = useLoad<AuditPage>("/v1/audit", query);
  const set = (name: keyof typeof wished) => (value: string) => setWished((earlier) => ({ ...earlier, [name]: value }));
  const search = (event: Event) => {
    event.preventDefault();
    const entries = Object.entries(wished).filter(([, value]) => value.trim() !== "");
    const times = new Set(["since", "until"]);
    setPages([]);
    setAsked(Object.fromEntries(entries.map(([name, value]) => [name, times.has(name) ? new Date(value).toISOString() : value.trim()])));
  };
  return (
    <Page title={t("Audit")} intro={t("Who has decided what, the newest first. Nothing can be changed in it or removed from it.")}>
      <form onSubmit={search} class="filters" role="search">
        <SelectField
          label={t("What")}
          value={wished.action}
          onValue={set("action")}
          options={[
            { value: "", label: t("everything") },
            ...Object.entries(KINDS).map(([value, message]) => ({ value, label: said(message) })),
          ]}
        />
        <TextField label={t("By whom")} value={wished.by} onValue={set("by")} />
        <TextField label={t("About what")} value={wished.subject} onValue={set("subject")} />
        <TextField label={t("From")} type="datetime-local" value={wished.since} onValue={set("since")} />
        <TextField label={t("Until")} type="datetime-local" value={wished.until} onValue={set("until")} />
        <div class="field">
          <Button kind="primary" type="submit">
            {t("Show")}
          </Button>
        </div>
      </form>
      <Loading of={log}>
        {({ rows, before: next }) => (
          <>
            <Table
              caption={t("Decisions")}
              isCaptionHidden
              rows={rows}
              rowKey={(row) => row.number}
              empty={t("Nothing like that was decided.")}
              columns={[
                { key: "number", heading: t("Row"), isNumber: true, cell: (row: Row) => number(row.number) },
                { key: "at", heading: t("When"), cell: (row: Row) => <time dateTime={row.at}>{moment(row.at)}</time> },
                { key: "by", heading: t("By whom"), isName: true, cell: (row: Row) => <Words>{row.by}</Words> },
                { key: "action", heading: t("What"), cell: (row: Row) => <Action action={row.action} /> },
                { key: "subject", heading: t("About what"), cell: (row: Row) => <Words>{row.subject}</Words> },
                { key: "members", heading: t("Details"), cell: (row: Row) => <Members members={row.members} /> },
              ]}
            />
            <div class="actions">
              {pages.length > 0 && <Button onPress={() => setPages(pages.slice(0, -1))}>{t("Newer")}</Button>}
              {next !== null && <Button onPress={() => setPages([...pages, next])}>{t("Older")}</Button>}
            </div>
          </>
        )}
      </Loading>
      <Verified />
    </Page>
  );
}
