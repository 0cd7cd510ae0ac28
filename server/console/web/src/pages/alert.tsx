// One alert: what it says in every language, where it stands, what was before and after it, and what can be done about it.
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { part, post } from "../api";
import type { Draft } from "../compose";
import type { Schema } from "../hub";
import { said, t } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { messageOf, STATUS_CHOICES } from "../terms";
import { Outcome, useAction } from "../ui/action";
import { AlertText, NotReal } from "../ui/alerttext";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { EscalationTable } from "../ui/escalations";
import { TextArea } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { PublishDialog } from "../ui/publish";
import { Severity, Time, Words } from "../ui/words";
import { whom } from "./alerts";

type Stored = Schema<"AlertAnswer">;

/** The identities that an alert names, `sender,identifier`. */
const referencesOf = (alert: Stored["alert"]): string[] =>
  typeof alert.references === "string" ? alert.references.split(/\s+/).flatMap((triple) => (triple ? [triple.split(",").slice(0, 2).join(",")] : [])) : [];

export default function Alert() {
  const { alert } = useRoute().params as { alert: string };
  const found = useLoad<Stored>(`/v1/alerts/${part(alert)}`);
  const title = found.body?.headline ?? found.body?.event ?? t("Alert {alert}", { alert });
  return (
    <Page title={title.slice(0, 300)} actions={found.body && <Actions stored={found.body} />}>
      <Loading of={found}>{(stored) => <Body stored={stored} />}</Loading>
    </Page>
  );
}

function Actions({ stored }: { stored: Stored }) {
  const { session } = useSession();
  const { route } = useLocation();
  const action = useAction();
  const [isEnding, setEnding] = useState(false);
  const update = () =>
    action.run(async () => {
      const draft = await post<Draft>("/v1/drafts", {
        alert: { sender: stored.sender, status: stored.status, info: stored.alert.info ?? [] },
        replaces: { alert: String(stored.number), by: "Update" },
      });
      route(`/console/compose/${draft.id}`);
    });
  return (
    <>
      <a class="button" href={`/console/alerts/${stored.number}/watch`}>
        {t("Watch")}
      </a>
      {stored.in_force && isAtLeast(session, "author") && (
        <>
          <Button onPress={update}>{t("Update")}</Button>
          <Button kind="danger" onPress={() => setEnding(true)}>
            {t("Cancel the alert")}
          </Button>
          <Ending stored={stored} isOpen={isEnding} onClose={() => setEnding(false)} />
        </>
      )}
      <Outcome of={action} />
    </>
  );
}

/** A cancel: a note if there is one to say, then the numbers. */
function Ending({ stored, isOpen, onClose }: { stored: Stored; isOpen: boolean; onClose: () => void }) {
  const { route } = useLocation();
  const action = useAction();
  const [note, setNote] = useState("");
  const [draft, setDraft] = useState<Draft | null>(null);
  const begin = () =>
    action.run(async () => {
      const body = { alert: note.trim() ? { note: note.trim() } : {}, replaces: { alert: String(stored.number), by: "Cancel" } };
      setDraft(await post<Draft>("/v1/drafts", body));
    });
  return (
    <>
      <Dialog
        title={t("Cancel this alert?")}
        isOpen={isOpen && !draft}
        onClose={() => draft || onClose()}
        actions={
          <Button kind="danger" onPress={begin}>
            {t("Go on")}
          </Button>
        }
      >
        <p>{t("Everybody who got it is told that it is over.")}</p>
        <TextArea label={t("Why, for those who read it")} value={note} onValue={setNote} rows={2} maxLength={1000} isOptional />
        <Outcome of={action} />
      </Dialog>
      {draft && (
        <PublishDialog
          draft={draft}
          isOpen={isOpen}
          onClose={() => {
            setDraft(null);
            onClose();
          }}
          onDone={(done) => route(done.number === null ? `/console/drafts/${done.id}` : `/console/alerts/${done.number}`)}
        />
      )}
    </>
  );
}

/** What rules have done about it, if there are any. */
function Told({ number }: { number: number }) {
  const told = useLoad<Schema<"EscalationList">>(`/v1/alerts/${number}/escalations`);
  const rows = told.body?.escalations ?? [];
  return rows.length === 0 ? null : <EscalationTable caption={t("Who was told")} rows={rows} withRule />;
}

function Body({ stored }: { stored: Stored }) {
  const earlier = referencesOf(stored.alert);
  const note = typeof stored.alert.note === "string" ? stored.alert.note : "";
  return (
    <>
      <NotReal status={stored.status} />
      {!stored.in_force && (
        <Notice kind="warning" title={t("It is not in force any more.")}>
          {stored.replaced_by !== null && <a href={`/console/alerts/${stored.replaced_by}`}>{t("Go to what has replaced it")}</a>}
        </Notice>
      )}
      <dl class="facts">
        <dt>{t("Severity")}</dt>
        <dd>
          <Severity value={stored.severity} />
        </dd>
        <dt>{t("Kind")}</dt>
        <dd>
          {said(messageOf(STATUS_CHOICES, stored.status))} · {stored.msgType}
        </dd>
        <dt>{t("For")}</dt>
        <dd>
          <Words>{whom(stored)}</Words>
        </dd>
        <dt>{t("Holds until")}</dt>
        <dd>
          <Time at={stored.expires} />
        </dd>
        <dt>{t("Published")}</dt>
        <dd>
          <Time at={stored.published_at} /> {t("by")} <Words>{stored.published_by}</Words>
        </dd>
        <dt>{t("Sender")}</dt>
        <dd>
          <Words>{stored.sender}</Words>
        </dd>
        <dt>{t("Identifier")}</dt>
        <dd>
          <code>{stored.identifier}</code>
        </dd>
        {note && (
          <>
            <dt>{t("Note")}</dt>
            <dd>
              <Words>{note}</Words>
            </dd>
          </>
        )}
      </dl>
      <h2>{t("What it says")}</h2>
      <AlertText alert={stored.alert} />
      <Told number={stored.number} />
      {(earlier.length > 0 || stored.replaced_by !== null) && (
        <section>
          <h2>{t("History")}</h2>
          <ol>
            {earlier.map((key) => (
              <li key={key}>
                <Version key={key} of={key} />
              </li>
            ))}
            <li>
              <strong>{t("This one, number {number}", { number: String(stored.number) })}</strong>
            </li>
            {stored.replaced_by !== null && (
              <li>
                <Version of={String(stored.replaced_by)} />
              </li>
            )}
          </ol>
        </section>
      )}
    </>
  );
}

function Version({ of }: { of: string }) {
  const found = useLoad<Stored>(`/v1/alerts/${part(of)}`);
  const { body } = found;
  if (!body) return <Words>{found.error ? t("{key}, which is not known here", { key: of }) : of}</Words>;
  return (
    <>
      <a href={`/console/alerts/${body.number}`}>
        <Words>{(body.headline ?? body.event ?? of).slice(0, 300)}</Words>
      </a>{" "}
      {body.msgType}, <Time at={body.published_at} />
    </>
  );
}
