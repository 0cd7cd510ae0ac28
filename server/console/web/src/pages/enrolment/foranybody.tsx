// So many codes, all with the same areas and roles.
import { useState } from "preact/hooks";
import { post } from "../../api";
import type { Schema } from "../../hub";
import { t } from "../../i18n";
import { useSession } from "../../session";
import { listed, Outcome, rolesOf, useAction } from "../../ui/action";
import { AreaTree } from "../../ui/areatree";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Loading, useLoad } from "../../ui/load";
import { A_REQUEST, CODES_MAX, Common, type Sheet } from "./common";

export function ForAnybody({ onSheet }: { onSheet: (sheet: Sheet) => void }) {
  const { session } = useSession();
  const areas = useLoad<Schema<"AreaList">>("/v1/areas");
  const [count, setCount] = useState("10");
  const [codes, setCodes] = useState<string[]>([]);
  const [roles, setRoles] = useState("");
  const [languages, setLanguages] = useState("");
  const [address, setAddress] = useState(location.origin);
  const [days, setDays] = useState("30");
  const action = useAction();
  const make = () =>
    action.run(async () => {
      const tags = listed(languages);
      const named = rolesOf(roles);
      const made: Sheet[] = [];
      for (let left = Math.min(Number(count), CODES_MAX); left > 0; left -= A_REQUEST) {
        const anonymous = { count: Math.min(left, A_REQUEST), areas: codes, roles: named, languages: tags.length ? tags : null };
        made.push(await post<Sheet>("/v1/enrolment-sheets", { anonymous, address, valid_seconds: Number(days) * 86_400 }));
      }
      if (made.length) onSheet({ ...made[0]!, entries: made.flatMap(({ entries }) => entries) });
    });
  return (
    <>
      <Outcome of={action} />
      <TextField label={t("How many codes")} hint={t("At most {n}.", { n: CODES_MAX })} type="number" min={1} max={CODES_MAX} value={count} onValue={setCount} />
      <fieldset>
        <legend>
          <h2>{t("Areas of the devices")}</h2>
        </legend>
        <Loading of={areas}>
          {({ areas: all }) => (
            <AreaTree
              areas={all}
              within={session?.areas ?? []}
              selected={codes}
              onToggle={(code) => setCodes(codes.includes(code) ? codes.filter((one) => one !== code) : [...codes, code])}
            />
          )}
        </Loading>
      </fieldset>
      <TextField label={t("Roles")} hint={t("With commas between them.")} value={roles} onValue={setRoles} isOptional />
      <TextField
        label={t("Languages")}
        hint={t("Tags like sw or fr, best first; empty leaves them to the device.")}
        value={languages}
        onValue={setLanguages}
        isOptional
      />
      <Common address={address} onAddress={setAddress} days={days} onDays={setDays} />
      <div class="actions">
        <Button kind="primary" onPress={make}>
          {t("Make the sheet")}
        </Button>
      </div>
    </>
  );
}
