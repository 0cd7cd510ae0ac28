// Who has an account: role, areas, and whether they can sign in.
import { useState } from "preact/hooks";
import { del, part, patch, post } from "../api";
import type { Schema } from "../hub";
import { LANGUAGES, said, say, t, tn } from "../i18n";
import { ROLE_MESSAGES, ROLES, useSession, type Role } from "../session";
import { listed, Outcome, useAction, wrongWith } from "../ui/action";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { SelectField, TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { RoleField } from "../ui/role";
import { Table } from "../ui/table";
import { Time, Words } from "../ui/words";

type Person = Schema<"PersonAnswer">;
type Invited = Schema<"InvitedAnswer">;

const STATES: Record<Person["state"], string> = {
  active: say("can sign in"),
  invited: say("has a code, and no password yet"),
  expired: say("has no password, and the code has expired"),
  disabled: say("closed"),
};

export const ROLE_HINTS: Record<Role, string> = {
  viewer: say("Looks, and changes nothing."),
  author: say("Composes alerts, and publishes what needs no second person."),
  approver: say("Is the second person where one is needed."),
  administrator: say("Decides about people, devices and everything that is set up."),
};

function Editor(props: { person: Person | null; onDone: (person: Person, invited: Invited | null) => void; onCancel: () => void }) {
  const { person } = props;
  const action = useAction();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>(person?.role ?? "author");
  const [areas, setAreas] = useState(person?.areas.join(", ") ?? "");
  const [language, setLanguage] = useState(person?.language ?? "");
  const save = async (event: Event) => {
    event.preventDefault();
    const body = { role, areas: listed(areas), ...(language && { language }) };
    await action.run(async () => {
      if (person) return props.onDone(await patch<Person>(`/v1/people/${part(person.name)}`, body), null);
      const made = await post<Invited>("/v1/people", { ...body, name });
      return props.onDone(made.person, made);
    });
  };
  const hint = ROLE_HINTS[role];
  return (
    <form onSubmit={save} class="card">
      <h2>{person ? t("Change {name}", { name: person.name }) : t("Give somebody an account")}</h2>
      {!person && (
        <TextField
          label={t("Name")}
          hint={t("They sign in with it, and decisions are told by it. It is theirs for ever.")}
          value={name}
          onValue={setName}
          error={wrongWith(action.error, "name")}
          autocomplete="off"
          required
        />
      )}
      <RoleField value={role} onValue={setRole} hint={said(hint)} />
      <TextField
        label={t("Areas")}
        hint={t("Codes of the areas they are bound to, like KE-047, with commas between them; none: everywhere.")}
        value={areas}
        onValue={setAreas}
        error={wrongWith(action.error, "areas")}
        isOptional
      />
      <SelectField
        label={t("Language of the console")}
        value={language}
        onValue={setLanguage}
        options={[{ value: "", label: t("as their browser says") }, ...LANGUAGES.map((one) => ({ value: one.tag, label: one.name }))]}
      />
      {person && <p class="hint">{t("Another role or other areas sign them out.")}</p>}
      <Outcome of={action} />
      <div class="actions">
        <Button kind="primary" type="submit">
          {person ? t("Save") : t("Make the account")}
        </Button>
        <Button onPress={props.onCancel}>{t("Cancel")}</Button>
      </div>
    </form>
  );
}

export default function People() {
  const { session } = useSession();
  const people = useLoad<Schema<"PersonList">>("/v1/people");
  const action = useAction();
  const [edited, setEdited] = useState<Person | "new" | null>(null);
  const [invited, setInvited] = useState<Invited | null>(null);
  const [asked, setAsked] = useState<{ what: "reset" | "close"; person: Person } | null>(null);
  const at = (person: Person) => `/v1/people/${part(person.name)}`;
  const doing = async (work: () => Promise<unknown>, done?: string) => {
    setInvited(null);
    if (await action.run(work, done)) people.reload();
  };
  const signOut = async (person: Person) => {
    let ended = 0;
    const isDone = await action.run(async () => {
      ended = (await del<Schema<"SignedOut">>(`${at(person)}/sessions`)).ended;
    });
    const words = tn("{name} is signed out: {n} session ended.", "{name} is signed out: {n} sessions ended.", ended, { name: person.name });
    if (isDone) await action.run(async () => {}, words);
  };
  const answer = () => {
    const { what, person } = asked!;
    setAsked(null);
    return what === "reset"
      ? doing(async () => setInvited(await post<Invited>(`${at(person)}/invitation`)))
      : doing(() => patch(at(person), { disabled: true }), t("The account of {name} is closed.", { name: person.name }));
  };
  return (
    <Page
      title={t("People")}
      intro={t("Who has an account for this console. Accounts are closed, never removed, since decisions are told by their names.")}
      actions={
        <Button kind="primary" onPress={() => setEdited("new")}>
          {t("Give somebody an account")}
        </Button>
      }
    >
      <Outcome of={action} />
      {invited && (
        <Notice kind="warning" title={t("The code for {name}, shown this once", { name: invited.person.name })}>
          <code class="code-once" dir="ltr">
            {invited.code}
          </code>
          <p>
            {t("Give it to them yourself: in person or by telephone. On the page where one signs in they choose “I have a code”, and set a password. It holds until:")}{" "}
            <Time at={invited.expires_at} />
          </p>
        </Notice>
      )}
      {edited && (
        <Editor
          key={edited === "new" ? "new" : edited.name}
          person={edited === "new" ? null : edited}
          onCancel={() => setEdited(null)}
          onDone={(person, made) => {
            setEdited(null);
            setInvited(made);
            people.reload();
            void action.run(async () => {}, made ? undefined : t("The account of {name} is changed.", { name: person.name }));
          }}
        />
      )}
      <Loading of={people}>
        {({ people: rows }) => (
          <Table
            caption={tn("{n} account", "{n} accounts", rows.length)}
            rows={rows}
            rowKey={(row) => row.name}
            columns={[
              {
                key: "name",
                heading: t("Name"),
                isName: true,
                by: (row) => row.name,
                cell: (row) => (
                  <>
                    <Words>{row.name}</Words>
                    {row.name === session?.name && <span class="quiet"> · {t("you")}</span>}
                  </>
                ),
              },
              {
                key: "role",
                heading: t("Role"),
                by: (row) => ROLES.indexOf(row.role),
                cell: (row) => said(ROLE_MESSAGES[row.role]),
              },
              { key: "areas", heading: t("Areas"), cell: (row) => (row.areas.length ? <Words>{row.areas.join(", ")}</Words> : t("everywhere")) },
              {
                key: "state",
                heading: t("Account"),
                by: (row) => row.state,
                cell: (row) => (
                  <span class={row.state === "active" ? "good" : row.state === "disabled" ? "bad" : undefined}>{said(STATES[row.state])}</span>
                ),
              },
              {
                key: "doing",
                heading: t("Actions"),
                cell: (row) => (
                  <div class="row-actions">
                    <Button onPress={() => setEdited(row)}>{t("Change")}</Button>
                    {row.state === "disabled" ? (
                      <Button onPress={() => doing(() => patch(at(row), { disabled: false }), t("The account of {name} is open again.", { name: row.name }))}>
                        {t("Open again")}
                      </Button>
                    ) : (
                      <>
                        <Button onPress={() => setAsked({ what: "reset", person: row })}>{row.state === "active" ? t("Reset the password…") : t("New code…")}</Button>
                        <Button onPress={() => signOut(row)}>{t("Sign out")}</Button>
                        <Button onPress={() => setAsked({ what: "close", person: row })}>{t("Close…")}</Button>
                      </>
                    )}
                  </div>
                ),
              },
            ]}
          />
        )}
      </Loading>
      <Dialog
        title={asked?.what === "close" ? t("Close the account of {name}?", { name: asked.person.name }) : t("Give {name} a new code?", { name: asked?.person.name ?? "" })}
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        actions={
          <Button kind="danger" onPress={answer}>
            {asked?.what === "close" ? t("Close the account") : t("Give a new code")}
          </Button>
        }
      >
        <p>
          {asked?.what === "close"
            ? t("They are signed out at once, and nobody can sign in with it until it is opened again.")
            : t("The password they have holds no more, they are signed out, and set another with the code.")}
        </p>
      </Dialog>
    </Page>
  );
}
