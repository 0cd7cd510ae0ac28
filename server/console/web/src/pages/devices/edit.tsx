// One device: what can be changed about it, and its end.
import { useState } from "preact/hooks";
import { del, part, patch } from "../../api";
import type { Schema } from "../../hub";
import { number, t } from "../../i18n";
import { Outcome, useAction, wrongWith } from "../../ui/action";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { useLoad } from "../../ui/load";
import { Notice } from "../../ui/notice";
import { Time } from "../../ui/words";
import type { Device } from "./columns";

/** One device: its name, phone, supervisor, languages; and the end of its credential. */
export function Edit(props: { device: Device; onClose: () => void; onDone: (words: string) => void }) {
  const { device } = props;
  const action = useAction();
  const [name, setName] = useState(device.name);
  const [phone, setPhone] = useState(device.phone ?? "");
  const [supervisor, setSupervisor] = useState(device.supervisor ?? "");
  const [isEnding, setEnding] = useState(false);
  const contacts = useLoad<Schema<"ContactList">>("/v1/contacts");
  const address = `/v1/devices/${part(device.device)}`;
  const save = async () => {
    const body = { name, phone: phone.replace(/[\s().-]/g, ""), supervisor };
    if (await action.run(() => patch(address, body))) props.onDone(t("{name} is changed.", { name }));
  };
  const revoke = async () => {
    if (await action.run(() => del(address))) props.onDone(t("{name} is revoked: it gets no more alerts.", { name }));
  };
  return (
    <Dialog
      title={t("Change {name}", { name: device.name })}
      isOpen
      onClose={props.onClose}
      actions={
        isEnding ? (
          <Button kind="danger" onPress={revoke}>
            {t("Revoke it now")}
          </Button>
        ) : (
          <>
            <Button kind="primary" onPress={save}>
              {t("Save")}
            </Button>
            <Button onPress={() => setEnding(true)}>{t("Revoke the device")}</Button>
          </>
        )
      }
    >
      <Outcome of={action} />
      {isEnding ? (
        <Notice kind="warning" title={t("A device that is revoked gets no more alerts.")}>
          <p>{t("Do this when it is lost, or its user has left. To come back it must be enrolled anew.")}</p>
        </Notice>
      ) : (
        <>
          <p class="quiet">
            <code>{device.device}</code> · {t("enrolled")} <Time at={device.enrolled_at} isShort /> · {t("has everything up to {n}", { n: number(device.cursor) })}
          </p>
          <TextField label={t("Name")} value={name} onValue={setName} error={wrongWith(action.error, "name")} />
          <TextField
            label={t("Phone")}
            hint={t("Where its user is called when the device cannot be reached, like +254700123456.")}
            type="tel"
            value={phone}
            onValue={setPhone}
            error={wrongWith(action.error, "phone")}
            isOptional
          />
          <SelectField
            label={t("Supervisor")}
            hint={t("The contact whom rules call its supervisor.")}
            value={supervisor}
            onValue={setSupervisor}
            options={[
              { value: "", label: t("nobody") },
              ...(contacts.body?.contacts ?? []).map((one) => ({ value: one.name, label: one.name })),
            ]}
          />
        </>
      )}
    </Dialog>
  );
}
