// One's own account: who one is here, the language, the password, and where one is signed in.
import { useState } from "preact/hooks";
import { del, patch, put } from "../api";
import type { Schema } from "../hub";
import { language, LANGUAGES, said, speak, t, tn } from "../i18n";
import { ROLE_MESSAGES, useSession } from "../session";
import { Outcome, useAction } from "../ui/action";
import { Button } from "../ui/button";
import { SelectField, TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Time, Words } from "../ui/words";

type Own = Schema<"OwnSession">;

function Password() {
  const { session, renew } = useSession();
  const action = useAction();
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [differ, setDiffer] = useState(false);
  const save = async (event: Event) => {
    event.preventDefault();
    setDiffer(password !== again);
    if (password !== again) return (event.currentTarget as HTMLFormElement).querySelectorAll<HTMLElement>("[autocomplete=new-password]")[1]?.focus();
    const isDone = await action.run(
      () => put("/v1/session/password", { password: old, new_password: password }),
      t("The password is changed. Everywhere else you are signed out."),
    );
    setOld("");
    setPassword("");
    setAgain("");
    if (isDone) await renew();
  };
  return (
    <form onSubmit={save} class="card">
      <h2>{t("Change the password")}</h2>
      <Outcome of={action} />
      {/* For password managers: whose password it is. */}
      <input type="text" autocomplete="username" value={session?.name ?? ""} readOnly hidden />
      <TextField label={t("Present password")} type="password" autocomplete="current-password" value={old} onValue={setOld} required />
      <TextField
        label={t("New password")}
        hint={t("At least 12 characters. Four words that have nothing to do with each other are easy to remember and hard to guess.")}
        type="password"
        autocomplete="new-password"
        minLength={12}
        value={password}
        onValue={setPassword}
        required
      />
      <TextField
        label={t("The new password once more")}
        type="password"
        autocomplete="new-password"
        value={again}
        onValue={setAgain}
        error={differ ? t("The two passwords are not the same.") : undefined}
        required
      />
      <div class="actions">
        <Button kind="primary" type="submit">
          {t("Change the password")}
        </Button>
      </div>
    </form>
  );
}

function Sessions() {
  const { renew } = useSession();
  const sessions = useLoad<Schema<"SessionList">>("/v1/sessions");
  const action = useAction();
  const out = () =>
    action.run(async () => {
      await del("/v1/sessions");
      await renew();
    });
  return (
    <section class="card">
      <h2>{t("Where you are signed in")}</h2>
      <Outcome of={action} />
      <Loading of={sessions}>
        {({ sessions: rows }) => (
          <Table
            caption={tn("{n} session", "{n} sessions", rows.length)}
            rows={rows}
            rowKey={(row) => row.id}
            columns={[
              {
                key: "agent",
                heading: t("Browser"),
                isName: true,
                cell: (row: Own) => (
                  <>
                    <Words lang="en">{browserOf(row.agent) || t("unknown")}</Words>
                    {row.is_this && <strong> · {t("this one")}</strong>}
                  </>
                ),
              },
              { key: "address", heading: t("Network address"), cell: (row: Own) => <code dir="ltr">{row.address}</code> },
              { key: "began", heading: t("Signed in"), cell: (row: Own) => <Time at={row.began_at} /> },
              { key: "seen", heading: t("Last used"), cell: (row: Own) => <Time at={row.seen_at} isShort /> },
            ]}
          />
        )}
      </Loading>
      <div class="actions">
        <Button onPress={out}>{t("Sign out everywhere")}</Button>
      </div>
    </section>
  );
}

/** What people call a browser, of all that it says of itself. */
function browserOf(agent: string): string {
  const system = /Android|iPhone|iPad|Windows|Mac OS X|CrOS|Linux/.exec(agent)?.[0] ?? "";
  const name = /(Firefox|Edg|OPR|SamsungBrowser|Chrome|Safari)\/[\d]+/.exec(agent)?.[0]?.replace("/", " ") ?? agent.slice(0, 40);
  return [name.replace("Edg ", "Edge ").replace("OPR ", "Opera "), system.replace("Mac OS X", "macOS")].filter(Boolean).join(", ");
}

export default function Account() {
  const { session, renew } = useSession();
  const action = useAction();
  if (session === null) return null;
  const choose = (tag: string) =>
    action.run(async () => {
      await patch("/v1/session", { language: tag });
      await speak(tag, true);
      await renew();
    });
  return (
    <Page
      title={t("Your account")}
      actions={
        <Button
          kind="primary"
          onPress={() =>
            action.run(async () => {
              await del("/v1/session");
              await renew();
            })
          }
        >
          {t("Sign out")}
        </Button>
      }
    >
      <section class="card">
        <h2>
          <Words>{session.name}</Words>
        </h2>
        <dl class="facts">
          <dt>{t("Role")}</dt>
          <dd>{said(ROLE_MESSAGES[session.role])}</dd>
          <dt>{t("Areas")}</dt>
          <dd>{session.areas.length ? <Words>{session.areas.join(", ")}</Words> : t("everywhere")}</dd>
        </dl>
        <Outcome of={action} />
        <SelectField
          label={t("Language of the console")}
          hint={t("It goes with your account, wherever you sign in.")}
          value={language()}
          onValue={choose}
          options={LANGUAGES.map((one) => ({ value: one.tag, label: one.name }))}
        />
      </section>
      <Password />
      <Sessions />
    </Page>
  );
}
