// One alert that waits, was scheduled, rejected or given up: read it, see what is different, and decide.
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { part, post, Problem } from "../api";
import type { Draft } from "../compose";
import type { Schema } from "../hub";
import { said, t } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { DRAFT_STATUSES } from "../terms";
import { Outcome, useAction } from "../ui/action";
import { AlertText, NotReal } from "../ui/alerttext";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextArea } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { Numbers, PublishDialog, useDryRun } from "../ui/publish";
import { Heard, Time, Words } from "../ui/words";
import { whom } from "./alerts";

type Stored = Schema<"AlertAnswer">;

const OPEN = ["draft", "rejected", "failed"];

/** What a draft replaces: named by it, or by the references of an Update or Cancel that a program sent. */
function replacedBy(draft: Draft): string | null {
  if (draft.replaces) return String((draft.replaces as { alert: string }).alert);
  const references = draft.alert.references;
  const first = typeof references === "string" ? references.trim().split(/\s+/).pop() : undefined;
  return first ? first.split(",").slice(0, 2).join(",") : null;
}

export default function DraftPage() {
  const { draft } = useRoute().params as { draft: string };
  const found = useLoad<Draft>(`/v1/drafts/${part(draft)}`);
  return (
    <Page title={found.body?.headline.slice(0, 300) || t("Draft {number}", { number: draft })}>
      <Loading of={found}>{(body) => <Body draft={body} reload={found.reload} />}</Loading>
      <p>
        <a href="/console/drafts">{t("All drafts and approvals")}</a>
      </p>
    </Page>
  );
}

function Body({ draft, reload }: { draft: Draft; reload: () => void }) {
  const { session } = useSession();
  const { route } = useLocation();
  const [isPublishing, setPublishing] = useState(false);
  const action = useAction();
  const replaced = replacedBy(draft);
  const before = useLoad<Stored>(replaced ? `/v1/alerts/${part(replaced)}` : null);
  const isOver = draft.status === "published" || draft.status === "withdrawn";
  const withdraw = () =>
    action.run(async () => {
      await post(`/v1/drafts/${draft.id}/withdraw`, { version: draft.version });
      reload();
    });
  return (
    <>
      <NotReal status={draft.alert_status} />
      <dl class="facts">
        <dt>{t("State")}</dt>
        <dd>
          <strong>{said(DRAFT_STATUSES[draft.status]!)}</strong>
          {draft.publish_at && (
            <>
              {": "}
              <Time at={draft.publish_at} />
            </>
          )}
          {draft.number !== null && (
            <>
              {": "}
              <a href={`/console/alerts/${draft.number}`}>{t("Alert {number}", { number: String(draft.number) })}</a>
            </>
          )}
        </dd>
        <dt>{t("For")}</dt>
        <dd>
          <Words>{whom(draft)}</Words>
        </dd>
        <dt>{t("Written by")}</dt>
        <dd>
          <Words>{draft.authors.join(", ")}</Words>, <Time at={draft.changed_at} />
        </dd>
        {draft.submitted_by && (
          <>
            <dt>{t("Handed in by")}</dt>
            <dd>
              <Words>{draft.submitted_by}</Words>, <Time at={draft.submitted_at} />
            </dd>
          </>
        )}
        {draft.decided_by && (
          <>
            <dt>{t("Decided by")}</dt>
            <dd>
              <Words>{draft.decided_by}</Words>, <Time at={draft.decided_at} />
            </dd>
          </>
        )}
      </dl>
      {draft.words && (
        <Notice kind="warning" title={draft.status === "rejected" ? t("Rejected, with these words:") : t("What went wrong:")}>
          {draft.status === "rejected" ? <Words>{draft.words}</Words> : <Heard>{draft.words}</Heard>}
        </Notice>
      )}
      {replaced && (
        <p>
          {draft.msgType === "Cancel" ? t("It cancels") : t("It replaces")}{" "}
          <a href={`/console/alerts/${part(replaced)}`}>
            <Words>{before.body?.headline ?? before.body?.event ?? replaced}</Words>
          </a>
          {". "}
          {before.body && draft.msgType !== "Cancel" && t("What is different is marked.")}
        </p>
      )}
      <h2>{t("What it says")}</h2>
      <AlertText alert={draft.alert} before={draft.msgType === "Cancel" ? undefined : before.body?.alert} />
      {draft.question && <QuestionFacts question={draft.question} />}
      {draft.status === "waiting" && <Decision draft={draft} reload={reload} />}
      <div class="actions">
        {OPEN.includes(draft.status) && (
          <Button kind="primary" onPress={() => setPublishing(true)}>
            {t("Publish…")}
          </Button>
        )}
        {draft.status === "waiting" && session && draft.authors.includes(session.name) && (
          <Button onPress={() => setPublishing(true)}>{t("Break the glass…")}</Button>
        )}
        {!isOver && (
          <>
            <a class="button" href={`/console/compose/${draft.id}`}>
              {t("Change it")}
            </a>
            <Button onPress={withdraw}>{t("Withdraw")}</Button>
          </>
        )}
      </div>
      {!OPEN.includes(draft.status) && !isOver && <p class="hint">{t("Changing it takes it back: it must be handed in again.")}</p>}
      <Outcome of={action} />
      <PublishDialog
        draft={draft}
        isOpen={isPublishing}
        onClose={() => setPublishing(false)}
        onDone={(done) => {
          setPublishing(false);
          if (done.number !== null) route(`/console/alerts/${done.number}`);
          else reload();
        }}
      />
    </>
  );
}

function QuestionFacts({ question }: { question: Record<string, unknown> }) {
  const texts = Object.entries((question.text ?? {}) as Record<string, string>);
  return (
    <section class="card">
      <h3>{t("It asks")}</h3>
      {texts.map(([language, text]) => (
        <p key={language}>
          <Words lang={language}>{text}</Words>
        </p>
      ))}
    </section>
  );
}

/** The second person's yes or no, with the numbers. */
function Decision({ draft, reload }: { draft: Draft; reload: () => void }) {
  const { session } = useSession();
  const { route } = useLocation();
  const isAuthor = session !== null && draft.authors.includes(session.name);
  const mayDecide = isAtLeast(session, "approver") && !isAuthor;
  const { tried, error, again } = useDryRun(draft, mayDecide);
  const action = useAction();
  const [words, setWords] = useState("");
  const [isAsking, setAsking] = useState(false);
  const isAsked = isAsking && tried !== null;
  const decide = (what: string, body: object) =>
    action.run(async () => {
      try {
        const done = await post<Draft>(`/v1/drafts/${draft.id}/${what}`, { version: draft.version, ...body });
        setAsking(false);
        if (done.number !== null) route(`/console/alerts/${done.number}`);
        else reload();
      } catch (problem) {
        if (problem instanceof Problem && problem.name === "numbers-changed") again();
        throw problem;
      }
    });
  if (!mayDecide) {
    return (
      <Notice title={t("It waits for a second person.")}>
        {isAuthor ? t("You have written in it, so somebody else must decide.") : t("An approver decides about it.")}
      </Notice>
    );
  }
  return (
    <section class="card decision">
      <h2>{t("Your decision")}</h2>
      {!isAsked && <Outcome of={{ ...action, error: action.error ?? error }} />}
      {tried && <Numbers tried={tried} />}
      <div class="actions">
        <Button kind="primary" disabled={!tried} onPress={() => setAsking(true)}>
          {draft.publish_at ? t("Approve: it goes out at its time") : t("Approve: it goes out now")}
        </Button>
      </div>
      <TextArea label={t("Why, if you reject it")} value={words} onValue={setWords} rows={2} maxLength={1000} />
      <Button kind="danger" disabled={!words.trim()} onPress={() => decide("reject", { words })}>
        {t("Reject")}
      </Button>
      <Dialog
        title={t("Approve this alert?")}
        isOpen={isAsked}
        onClose={() => setAsking(false)}
        actions={
          <Button kind="primary" onPress={() => decide("approve", { devices: tried!.reached.devices })}>
            {t("Approve")}
          </Button>
        }
      >
        <Outcome of={{ ...action, error: action.error ?? error }} />
        <NotReal status={draft.alert_status} />
        {tried && <Numbers tried={tried} />}
        <p>{t("You answer for it together with who wrote it. Both names stand in the audit log.")}</p>
      </Dialog>
    </section>
  );
}
