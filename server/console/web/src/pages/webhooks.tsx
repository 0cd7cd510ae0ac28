// Webhooks: programs elsewhere that are told what happens here, signed.
import { useState } from "preact/hooks";
import { del, part, patch, post } from "../api";
import { EVENT_MESSAGES } from "../events";
import type { Schema } from "../hub";
import { number, said, t, tn } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { Outcome, useAction, wrongWith } from "../ui/action";
import { Button } from "../ui/button";
import { Copyable } from "../ui/copyable";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { KindsField } from "../ui/kinds";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Heard, Time } from "../ui/words";

type Webhook = Schema<"WebhookAnswer">;
type Made = Schema<"WebhookMadeAnswer">;

function State({ webhook }: { webhook: Webhook }) {
  if (!webhook.enabled) {
    return (
      <>
        {t("Switched off")}
        {webhook.stopped_why && (
          <div class="quiet">
            <Heard>{webhook.stopped_why}</Heard>
          </div>
        )}
      </>
    );
  }
  if (webhook.failing_since) {
    return (
      <span class="bad">
        × {t("Fails")} (<Time at={webhook.failing_since} isShort />)
        <div class="quiet">
          <Heard>{webhook.last_error}</Heard>
        </div>
      </span>
    );
  }
  return <span class="good">✓ {webhook.lag === 0 ? t("Works") : tn("{n} event behind", "{n} events behind", webhook.lag)}</span>;
}

function Deliveries({ name }: { name: string }) {
  const deliveries = useLoad<Schema<"AttemptList">>(`/v1/webhooks/${part(name)}/deliveries`);
  return (
    <Loading of={deliveries}>
      {({ deliveries: rows }) => (
        <Table
          caption={t("The newest deliveries to {name}", { name })}
          rows={rows}
          rowKey={(row) => row.message + row.at}
          columns={[
            { key: "at", heading: t("When"), isName: true, cell: (row) => <Time at={row.at} isShort /> },
            { key: "type", heading: t("What"), cell: (row) => <code>{row.type}</code> },
            {
              key: "arrived",
              heading: t("Arrived"),
              cell: (row) =>
                row.arrived ? (
                  <span class="good">✓ {t("yes")}</span>
                ) : (
                  <span class="bad">
                    × {t("no")}: <Heard>{row.words || String(row.status)}</Heard>
                  </span>
                ),
            },
            { key: "ms", heading: t("Milliseconds"), isNumber: true, cell: (row) => number(row.milliseconds) },
          ]}
        />
      )}
    </Loading>
  );
}

/** `webhook` null: a new one. `onDone` gets the secret of a new one. */
function Editor(props: { webhook: Webhook | null; onDone: (secret: string | null) => void; onCancel?: () => void }) {
  const { webhook } = props;
  const action = useAction();
  const [name, setName] = useState("");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [kinds, setKinds] = useState<string[] | null>(webhook && webhook.kinds.length > 0 ? [...webhook.kinds] : null);
  const [isAsked, setAsked] = useState(false);
  const isNothing = kinds?.length === 0;
  const save = async (event: Event) => {
    event.preventDefault();
    setAsked(true);
    if (isNothing) return; // no kind would mean all of them
    let secret: string | null = null;
    const body = { url, kinds: kinds ?? [] };
    const isDone = await action.run(async () => {
      if (webhook) await patch(`/v1/webhooks/${part(webhook.name)}`, body);
      else secret = (await post<Made>("/v1/webhooks", { name, ...body })).secret;
    });
    if (isDone) props.onDone(secret);
  };
  return (
    <form onSubmit={save} noValidate class={webhook ? "card" : undefined}>
      <h2>{webhook ? t("Change {name}", { name: webhook.name }) : t("Add a webhook")}</h2>
      {!webhook && (
        <TextField
          label={t("Name")}
          hint={t("A name of your own: letters, digits, dots, underscores and hyphens.")}
          value={name}
          onValue={setName}
          error={wrongWith(action.error, "name", "name-taken")}
          required
        />
      )}
      <TextField label={t("Address")} type="url" value={url} onValue={setUrl} error={wrongWith(action.error, "url", "address-refused")} required />
      <KindsField
        kinds={kinds}
        onKinds={setKinds}
        error={isAsked && isNothing ? t("Choose something that it is told.") : wrongWith(action.error, "kinds")}
      />
      <Outcome of={action} />
      <div class="actions">
        <Button kind="primary" type="submit">
          {webhook ? t("Save") : t("Add the webhook")}
        </Button>
        {props.onCancel && <Button onPress={props.onCancel}>{t("Cancel")}</Button>}
      </div>
    </form>
  );
}

export default function Webhooks() {
  const { session } = useSession();
  const mayChange = isAtLeast(session, "administrator");
  const webhooks = useLoad<Schema<"WebhookList">>("/v1/webhooks");
  const action = useAction();
  const [made, setMade] = useState(0);
  const [changed, setChanged] = useState<Webhook | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const [removed, setRemoved] = useState<string | null>(null);
  const at = (webhook: string) => `/v1/webhooks/${part(webhook)}`;
  const doing = async (work: () => Promise<unknown>, done: string) => {
    if (await action.run(work, done)) webhooks.reload();
  };
  const rotate = (row: Webhook) =>
    doing(async () => setSecret((await post<Made>(`${at(row.name)}/rotate`)).secret), t("There is a new secret; for a day the old one signs too."));
  const columns = [
    { key: "name", heading: t("Name"), isName: true, cell: (row: Webhook) => row.name, by: (row: Webhook) => row.name },
    { key: "url", heading: t("Address"), cell: (row: Webhook) => <code dir="ltr">{row.url}</code> },
    { key: "state", heading: t("State"), cell: (row: Webhook) => <State webhook={row} /> },
    { key: "kinds", heading: t("What it is told"), cell: (row: Webhook) => row.kinds.map((kind) => said(EVENT_MESSAGES[kind])).join("; ") || t("everything") },
  ];
  const buttons = {
    key: "doing",
    heading: t("Actions"),
    cell: (row: Webhook) => (
      <div class="row-actions">
        <Button onPress={() => setShown(shown === row.name ? null : row.name)}>{t("Deliveries")}</Button>
        {mayChange && (
          <>
            <Button onPress={() => doing(() => post(`${at(row.name)}/test`), t("Something was sent to {name}.", { name: row.name }))}>{t("Test")}</Button>
            <Button onPress={() => doing(() => patch(at(row.name), { enabled: !row.enabled }), t("Saved."))}>
              {row.enabled ? t("Switch off") : t("Switch on")}
            </Button>
            <Button onPress={() => setChanged(row)}>{t("Change")}</Button>
            <Button onPress={() => rotate(row)}>{t("New secret")}</Button>
            <Button onPress={() => setRemoved(row.name)}>{t("Remove…")}</Button>
          </>
        )}
      </div>
    ),
  };
  return (
    <Page title={t("Webhooks")} intro={t("Programs elsewhere that are told what happens here. Each message is signed.")}>
      <Outcome of={action} />
      {secret && (
        <Notice kind="warning" title={t("The secret by which the receiver knows that a message is this hub's. It is shown this once:")}>
          <Copyable>{secret}</Copyable>
        </Notice>
      )}
      {changed && (
        <Editor
          key={changed.name}
          webhook={changed}
          onCancel={() => setChanged(null)}
          onDone={() => {
            setChanged(null);
            void doing(async () => {}, t("Saved."));
          }}
        />
      )}
      <Loading of={webhooks}>
        {({ webhooks: rows }) => (
          <Table
            caption={t("Webhooks")}
            isCaptionHidden
            rows={rows}
            rowKey={(row) => row.name}
            empty={t("No program is told.")}
            columns={[...columns, buttons]}
          />
        )}
      </Loading>
      {shown && <Deliveries key={shown} name={shown} />}
      {mayChange && (
        <Editor
          key={made}
          webhook={null}
          onDone={(made) => {
            setSecret(made);
            setMade((before) => before + 1);
            webhooks.reload();
          }}
        />
      )}
      <Dialog
        title={t("Remove {name}?", { name: removed ?? "" })}
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        actions={
          <Button
            kind="danger"
            onPress={() => {
              const gone = removed!;
              setRemoved(null);
              return doing(() => del(at(gone)), t("The webhook is removed."));
            }}
          >
            {t("Remove")}
          </Button>
        }
      >
        <p>{t("Its receiver is told nothing more.")}</p>
      </Dialog>
    </Page>
  );
}
