// The feeds of CAP alerts that the hub reads, what of them waits for somebody's decision, and the hub's own feeds for others.
import { useState } from "preact/hooks";
import { part, post } from "../api";
import { bodyOf, NEW_FEED, type Feed } from "../feeds";
import type { Schema } from "../hub";
import { number, said, t, tn } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { Outcome, useAction, wrongWith } from "../ui/action";
import { Button } from "../ui/button";
import { Copyable } from "../ui/copyable";
import { FeedFields, POLICIES } from "../ui/feedfields";
import { TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Heard, Time, Words } from "../ui/words";

export function Health({ feed }: { feed: Feed }) {
  if (feed.paused) return <span>{t("Paused")}</span>;
  if (feed.failures > 0) {
    return (
      <span class="bad">
        × {tn("Failed once", "Failed {n} times in a row", feed.failures)}
        <div class="quiet">
          <Heard>{feed.problem}</Heard>
        </div>
      </span>
    );
  }
  return feed.read_at ? <span class="good">✓ {t("Works")}</span> : <span>{t("Not asked yet")}</span>;
}

function Add({ onDone }: { onDone: () => void }) {
  const action = useAction();
  const [name, setName] = useState("");
  const [values, setValues] = useState(NEW_FEED);
  const add = async (event: Event) => {
    event.preventDefault();
    if (!(await action.run(() => post("/v1/feeds-in", { name, ...bodyOf(values) }), t("The feed is read from now on.")))) return;
    setName("");
    setValues(NEW_FEED);
    onDone();
  };
  return (
    <form onSubmit={add} noValidate>
      <h2>{t("Read another feed")}</h2>
      <TextField
        label={t("Name")}
        hint={t("A name of your own: small letters, digits, dots and hyphens.")}
        value={name}
        onValue={setName}
        error={wrongWith(action.error, "name", "name-taken")}
        required
      />
      <FeedFields values={values} onValues={setValues} error={action.error} isNew />
      <Outcome of={action} />
      <Button kind="primary" type="submit">
        {t("Read this feed")}
      </Button>
    </form>
  );
}

function Own() {
  const addresses = ["atom", "rss"].map((kind) => `${location.origin}/v1/feeds/alerts.${kind}`);
  return (
    <>
      <h2>{t("This hub's own feeds")}</h2>
      <p>{t("Others can read what is published here as CAP, at these addresses:")}</p>
      <ul>
        {addresses.map((address) => (
          <li key={address}>
            <Copyable>{address}</Copyable>
          </li>
        ))}
      </ul>
    </>
  );
}

export default function Feeds() {
  const { session } = useSession();
  const feeds = useLoad<Schema<"FeedList">>("/v1/feeds-in");
  return (
    <Page title={t("Feeds")} intro={t("Alerts of national services and other hubs, read from their feeds.")}>
      <Loading of={feeds}>
        {({ feeds: rows }) => {
          const waiting = rows.reduce((sum, feed) => sum + (feed.counts.held ?? 0), 0);
          return (
            <>
              {waiting > 0 && (
                <Notice kind="warning">
                  <a href="/console/feed-items">{tn("{n} alert waits for a decision", "{n} alerts wait for a decision", waiting)}</a>
                </Notice>
              )}
              <Table
                caption={t("Feeds that are read")}
                rows={rows}
                rowKey={(row) => row.name}
                empty={t("No feed is read.")}
                columns={[
                  {
                    key: "name",
                    heading: t("Name"),
                    isName: true,
                    by: (row) => row.name,
                    cell: (row) => (
                      <>
                        <a href={`/console/feeds/${part(row.name)}`}>{row.name}</a>
                        <div class="quiet">
                          <Words>{row.title}</Words>
                        </div>
                      </>
                    ),
                  },
                  { key: "health", heading: t("State"), cell: (row) => <Health feed={row} /> },
                  { key: "read", heading: t("Last read"), cell: (row) => <Time at={row.read_at} isShort />, by: (row) => row.read_at ?? "" },
                  { key: "policy", heading: t("Its alerts"), cell: (row) => said(POLICIES[row.policy]) },
                  { key: "held", heading: t("Waiting"), isNumber: true, cell: (row) => number(row.counts.held ?? 0), by: (row) => row.counts.held ?? 0 },
                  {
                    key: "published",
                    heading: t("Published"),
                    isNumber: true,
                    cell: (row) => number(row.counts.published ?? 0),
                    by: (row) => row.counts.published ?? 0,
                  },
                ]}
              />
            </>
          );
        }}
      </Loading>
      {isAtLeast(session, "administrator") && <Add onDone={feeds.reload} />}
      <Own />
    </Page>
  );
}
