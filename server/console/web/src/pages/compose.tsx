// Writing an alert: from a template to its publishing, as steps on one page, with a phone beside it. Every change is kept.
import { useLocation, useRoute } from "preact-iso";
import { useEffect, useMemo, useState } from "preact/hooks";
import { get } from "../api";
import { blanksIn, empty, fromContent, type Draft, type Working } from "../compose";
import type { Schema } from "../hub";
import { languageName, language as ownLanguage, t } from "../i18n";
import { forgetLeftBehind, leftBehind, useSaving } from "../saving";
import { NotReal } from "../ui/alerttext";
import { Button } from "../ui/button";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { PhonePreview } from "../ui/preview";
import { PublishDialog } from "../ui/publish";
import { Asking } from "./compose/asking";
import { Costs, useEstimate } from "./compose/costs";
import { Grading } from "./compose/grading";
import { Review } from "./compose/review";
import { SaveNote } from "./compose/savenote";
import { Start } from "./compose/start";
import { UntilWhen } from "./compose/untilwhen";
import { Whom } from "./compose/whom";
import { WordsStep } from "./compose/wordsstep";

const SENDER = "tocsin.sender";

export default function Compose() {
  const { draft } = useRoute().params as { draft?: string };
  // the address changes when the hub has the draft; the page that made it stays
  const [loading] = useState(draft);
  const found = useLoad<Draft>(loading ? `/v1/drafts/${loading}` : null);
  const title = t("Write an alert");
  if (!loading) return <Fresh />;
  return found.body ? <Form key={found.body.id} loaded={found.body} working={fromContent(found.body, ownLanguage())} /> : (
    <Page title={title}>
      <Loading of={found}>{() => null}</Loading>
    </Page>
  );
}

function Fresh() {
  const [sender, setSender] = useState<string | null>(localStorage.getItem(SENDER));
  useEffect(() => {
    if (sender !== null) return;
    get<Schema<"AlertList">>("/v1/alerts", { in_force: true, limit: 1000 }).then(
      ({ alerts }) => setSender(alerts[alerts.length - 1]?.sender ?? ""),
      () => setSender(""),
    );
  }, []);
  return sender === null ? <Page title={t("Write an alert")}>{t("Loading…")}</Page> : <Form loaded={null} working={empty(sender, ownLanguage())} />;
}

function Form({ loaded, working: first }: { loaded: Draft | null; working: Working }) {
  const { route } = useLocation();
  const [left, setLeft] = useState(() => leftBehind(loaded ? String(loaded.id) : "new"));
  const [working, setWorking] = useState(first);
  const change = (part: Partial<Working>) => setWorking((before) => ({ ...before, ...part }));
  const saving = useSaving(working, loaded, (made) => history.replaceState(null, "", `/console/compose/${made.id}`));
  const estimate = useEstimate(working);
  const [publishing, setPublishing] = useState<Draft | null>(null);
  const [isAsked, setAsked] = useState(false);
  const isCancel = working.replaces?.by === "Cancel";
  const unfilled = useMemo(() => working.languages.flatMap((one) => blanksIn(working, one).map((name) => `${languageName(one)}: ${name}`)), [working]);
  useEffect(() => localStorage.setItem(SENDER, working.sender), [working.sender]);
  const publish = async () => {
    setAsked(true);
    const draft = await saving.flush();
    const isRight = draft !== null && unfilled.length === 0 && (estimate.body?.violations.length ?? 0) === 0;
    if (isRight) setPublishing(draft);
    return isRight;
  };
  const title = working.replaces ? (isCancel ? t("Cancel an alert") : t("Update an alert")) : t("Write an alert");
  return (
    <Page title={title}>
      {left && (
        <Notice kind="warning" title={t("Something that you wrote before was not kept at the hub.")}>
          <div class="actions">
            <Button
              onPress={() => {
                setWorking(left);
                setLeft(null);
              }}
            >
              {t("Take it up again")}
            </Button>
            <Button
              onPress={() => {
                forgetLeftBehind();
                setLeft(null);
              }}
            >
              {t("Forget it")}
            </Button>
          </div>
        </Notice>
      )}
      <NotReal status={working.status} />
      <div class="compose">
        <div class="compose-steps">
          {!working.replaces && <Start working={working} change={change} setWorking={setWorking} />}
          <WordsStep working={working} change={change} estimate={estimate.body} />
          <Grading working={working} change={change} />
          <Whom working={working} change={change} />
          <UntilWhen working={working} change={change} />
          <Asking working={working} change={change} />
          <Review working={working} estimate={estimate.body} unfilled={unfilled} isAsked={isAsked} onPublish={publish} />
        </div>
        <aside class="compose-beside" tabIndex={0} aria-label={t("Preview, size and cost")}>
          <SaveNote saving={saving} />
          <Costs estimate={estimate.body} error={estimate.error} />
          <PhonePreview working={working} />
        </aside>
      </div>
      {publishing && (
        <PublishDialog
          draft={publishing}
          isOpen
          onClose={() => setPublishing(null)}
          onDone={(done) => {
            forgetLeftBehind();
            route(done.number === null ? `/console/drafts/${done.id}` : `/console/alerts/${done.number}/watch`);
          }}
        />
      )}
    </Page>
  );
}
