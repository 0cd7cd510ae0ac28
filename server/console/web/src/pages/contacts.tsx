// The people whom rules tell: their names, how they are reached (never shown again), what they are responsible for.
import { useState } from "preact/hooks";
import { del, part, patch, post } from "../api";
import type { Schema } from "../hub";
import { languageName, t } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { listed, Outcome, rolesOf, useAction, wrongWith } from "../ui/action";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Words } from "../ui/words";

type Contact = Schema<"ContactAnswer">;

interface Values {
  name: string;
  url: string;
  roles: string;
  areas: string;
  language: string;
}

const EMPTY: Values = { name: "", url: "", roles: "", areas: "", language: "" };

function Editor(props: { contact: Contact | null; onDone: (words: string) => void; onCancel: () => void }) {
  const { contact } = props;
  const action = useAction();
  const [values, setValues] = useState<Values>(
    contact
      ? { name: contact.name, url: "", roles: contact.roles.join(", "), areas: contact.areas.join(", "), language: contact.language }
      : EMPTY,
  );
  const set = (name: keyof Values) => (value: string) => setValues((before) => ({ ...before, [name]: value }));
  const save = async (event: Event) => {
    event.preventDefault();
    const body = { roles: rolesOf(values.roles), areas: listed(values.areas), language: values.language.trim() };
    const isDone = await action.run(() =>
      contact
        ? patch(`/v1/contacts/${part(contact.name)}`, { ...body, ...(values.url && { url: values.url }) })
        : post("/v1/contacts", { ...body, name: values.name, url: values.url }),
    );
    if (isDone) props.onDone(contact ? t("The contact is changed.") : t("The contact is added. Send a test message now."));
  };
  const wrong = (name: string) => wrongWith(action.error, name);
  return (
    <form onSubmit={save} class="card">
      <h2>{contact ? t("Change {name}", { name: contact.name }) : t("Add a contact")}</h2>
      {!contact && <TextField label={t("Name")} value={values.name} onValue={set("name")} error={wrong("name")} required />}
      <TextField
        label={t("Address")}
        hint={t("An Apprise address, like twilio://… or mailto://…. It is a secret: it is not shown again.")}
        value={values.url}
        onValue={set("url")}
        error={wrong("url")}
        required={!contact}
        isOptional={Boolean(contact)}
        autocomplete="off"
        spellcheck={false}
      />
      <TextField
        label={t("Roles")}
        hint={t("By which rules name it, like district-officer; with commas between them.")}
        value={values.roles}
        onValue={set("roles")}
        error={wrong("roles")}
        isOptional
      />
      <TextField
        label={t("Areas")}
        hint={t("Codes of the areas it is responsible for; none: everywhere.")}
        value={values.areas}
        onValue={set("areas")}
        error={wrong("areas")}
        isOptional
      />
      <TextField
        label={t("Language")}
        hint={t("In which it is told a headline, like fr or sw.")}
        value={values.language}
        onValue={set("language")}
        error={wrong("language")}
        isOptional
      />
      <Outcome of={action} />
      <div class="actions">
        <Button kind="primary" type="submit">
          {contact ? t("Save") : t("Add the contact")}
        </Button>
        <Button onPress={props.onCancel}>{t("Cancel")}</Button>
      </div>
    </form>
  );
}

export default function Contacts() {
  const { session } = useSession();
  const mayChange = isAtLeast(session, "administrator");
  const contacts = useLoad<Schema<"ContactList">>("/v1/contacts");
  const action = useAction();
  const [edited, setEdited] = useState<Contact | "new" | null>(null);
  const [removed, setRemoved] = useState<Contact | null>(null);
  const test = (contact: Contact) =>
    action.run(async () => {
      const answer = await post<Schema<"ContactTestAnswer">>(`/v1/contacts/${part(contact.name)}/test`);
      if (!answer.sent) throw new Error(answer.words);
    }, t("A message that says that it is a test was sent to {name}.", { name: contact.name }));
  const remove = async () => {
    const contact = removed!;
    setRemoved(null);
    if (await action.run(() => del(`/v1/contacts/${part(contact.name)}`), t("The contact is removed."))) contacts.reload();
  };
  const columns = [
    { key: "name", heading: t("Name"), isName: true, cell: (row: Contact) => <Words>{row.name}</Words>, by: (row: Contact) => row.name },
    { key: "service", heading: t("Reached by"), cell: (row: Contact) => row.service },
    { key: "roles", heading: t("Roles"), cell: (row: Contact) => <Words>{row.roles.join(", ") || "–"}</Words> },
    { key: "areas", heading: t("Areas"), cell: (row: Contact) => <Words>{row.areas.join(", ") || t("everywhere")}</Words> },
    { key: "language", heading: t("Language"), cell: (row: Contact) => (row.language ? languageName(row.language) : "–") },
  ];
  const doing = {
    key: "doing",
    heading: t("Actions"),
    cell: (row: Contact) => (
      <div class="row-actions">
        <Button onPress={() => test(row)}>{t("Test")}</Button>
        <Button onPress={() => setEdited(row)}>{t("Change")}</Button>
        <Button onPress={() => setRemoved(row)}>{t("Remove…")}</Button>
      </div>
    ),
  };
  return (
    <Page
      title={t("Contacts")}
      intro={t("The people whom rules tell, by SMS, mail or chat.")}
      actions={
        mayChange && (
          <Button kind="primary" onPress={() => setEdited("new")}>
            {t("Add a contact")}
          </Button>
        )
      }
    >
      <Outcome of={action} />
      {edited && (
        <Editor
          key={edited === "new" ? "new" : edited.name}
          contact={edited === "new" ? null : edited}
          onCancel={() => setEdited(null)}
          onDone={(words) => {
            setEdited(null);
            contacts.reload();
            void action.run(async () => {}, words);
          }}
        />
      )}
      <Loading of={contacts}>
        {({ contacts: rows }) => (
          <Table
            caption={t("Contacts")}
            isCaptionHidden
            rows={rows}
            rowKey={(row) => row.name}
            empty={t("There is no contact yet, so rules can tell nobody.")}
            columns={mayChange ? [...columns, doing] : columns}
          />
        )}
      </Loading>
      <Dialog
        title={t("Remove {name}?", { name: removed?.name ?? "" })}
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        actions={
          <Button kind="danger" onPress={remove}>
            {t("Remove")}
          </Button>
        }
      >
        <p>{t("Rules that name this contact will have nobody to tell.")}</p>
      </Dialog>
    </Page>
  );
}
