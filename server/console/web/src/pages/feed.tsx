// One feed: how it goes, its settings, what it brought and what became of that.
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { del, part, patch, post } from "../api";
import { bodyOf, valuesOf, type Feed } from "../feeds";
import type { Schema } from "../hub";
import { said, t, tn } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { ALL_STATUSES, CATEGORIES, CERTAINTIES, messageOf, MSG_TYPES, SEVERITY_CHOICES, URGENCIES, type Choice } from "../terms";
import { Outcome, useAction } from "../ui/action";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { FeedFields, POLICIES, SIGNATURES } from "../ui/feedfields";
import { ItemTable } from "./feed-items";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Time, Words } from "../ui/words";
import { Health } from "./feeds";

function Settings({ feed, onChanged }: { feed: Feed; onChanged: () => void }) {
  const action = useAction();
  const [values, setValues] = useState(valuesOf(feed));
  const save = async (event: Event) => {
    event.preventDefault();
    if (!(await action.run(() => patch(`/v1/feeds-in/${part(feed.name)}`, bodyOf(values)), t("The settings are saved.")))) return;
    setValues({ ...values, authorization: "", isAuthorizationForgotten: false });
    onChanged();
  };
  return (
    <form onSubmit={save} noValidate>
      <h2>{t("Settings")}</h2>
      <p class="hint">{t("When they change, the feed is read from its beginning.")}</p>
      <FeedFields values={values} onValues={setValues} error={action.error} hasAuthorization={feed.authorization !== ""} />
      <Outcome of={action} />
      <Button kind="primary" type="submit">
        {t("Save")}
      </Button>
    </form>
  );
}

/** What its filter lets through, as facts. */
function Through({ feed }: { feed: Feed }) {
  const { filter } = feed;
  const terms = (table: readonly Choice[], values: readonly string[] = []) => values.map((one) => said(messageOf(table, one))).join(", ");
  const one = (table: readonly Choice[], value: string | null | undefined) => (value ? said(messageOf(table, value)) : "");
  const facts: [string, string][] = [
    [t("Whether they are real"), terms(ALL_STATUSES, filter.statuses)],
    [t("What they do"), terms(MSG_TYPES, filter.msg_types)],
    [t("What they are about"), terms(CATEGORIES, filter.categories)],
    [t("At least as grave as"), one(SEVERITY_CHOICES, filter.severity_at_least)],
    [t("At least as urgent as"), one(URGENCIES, filter.urgency_at_least)],
    [t("At least as sure as"), one(CERTAINTIES, filter.certainty_at_least)],
    [t("With a word in the event"), (filter.events ?? []).join(", ")],
    [t("Languages"), (filter.languages ?? []).join(", ")],
  ];
  return (
    <ul class="plain">
      {facts
        .filter(([, words]) => words !== "")
        .map(([name, words]) => (
          <li key={name}>
            {name}: <Words>{words}</Words>
          </li>
        ))}
    </ul>
  );
}

export default function FeedPage({ name }: { name: string }) {
  const { route } = useLocation();
  const { session } = useSession();
  const mayChange = isAtLeast(session, "administrator");
  const feed = useLoad<Feed>(`/v1/feeds-in/${part(name)}`);
  const items = useLoad<Schema<"FeedItemList">>("/v1/feed-items", { feed: name, limit: 1000 });
  const action = useAction();
  const [isAsking, setAsking] = useState(false);
  const reload = () => {
    feed.reload();
    items.reload();
  };
  const poll = async () => {
    if (await action.run(() => post(`/v1/feeds-in/${part(name)}/poll`), t("The feed was asked."))) reload();
  };
  const remove = async () => {
    setAsking(false);
    if (await action.run(() => del(`/v1/feeds-in/${part(name)}`))) route("/console/feeds");
  };
  return (
    <Page
      title={t("Feed {name}", { name })}
      actions={
        mayChange && (
          <>
            <Button onPress={poll}>{t("Ask it now")}</Button>
            <Button onPress={() => setAsking(true)}>{t("Read it no more…")}</Button>
          </>
        )
      }
    >
      <Outcome of={action} />
      <Loading of={feed}>
        {(found) => (
          <>
            <dl class="facts">
              <dt>{t("It calls itself")}</dt>
              <dd>
                <Words>{found.title || "–"}</Words>
              </dd>
              <dt>{t("Address")}</dt>
              <dd>
                <code dir="ltr">{found.address}</code>
              </dd>
              <dt>{t("State")}</dt>
              <dd>
                <Health feed={found} />
              </dd>
              <dt>{t("Last read")}</dt>
              <dd>
                <Time at={found.read_at} />
              </dd>
              <dt>{t("Asked next")}</dt>
              <dd>
                <Time at={found.next_at} />
              </dd>
              <dt>{t("Its alerts")}</dt>
              <dd>{said(POLICIES[found.policy])}</dd>
              <dt>{t("Let through")}</dt>
              <dd>
                <Through feed={found} />
              </dd>
              <dt>{t("Codes of areas in its alerts")}</dt>
              <dd>
                <Words>
                  {Object.entries(found.geocodes)
                    .map(([code, before]) => `${code} → ${before}…`)
                    .join(", ") || "–"}
                </Words>
              </dd>
              <dt>{t("Signatures")}</dt>
              <dd>{said(SIGNATURES[found.signatures])}</dd>
            </dl>
            {mayChange && <Settings key={found.made_at} feed={found} onChanged={reload} />}
          </>
        )}
      </Loading>
      <h2>{t("What it brought")}</h2>
      <Loading of={items}>
        {({ items: rows }) => <ItemTable caption={tn("{n} alert", "{n} alerts", rows.length)} rows={[...rows].reverse()} />}
      </Loading>
      <Dialog
        title={t("Read {name} no more?", { name })}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        actions={
          <Button kind="danger" onPress={remove}>
            {t("Read it no more")}
          </Button>
        }
      >
        <p>{t("What it brought and was published stays published.")}</p>
      </Dialog>
    </Page>
  );
}
