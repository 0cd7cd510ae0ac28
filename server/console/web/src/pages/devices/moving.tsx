// Other areas or roles for many devices at once.
import { useState } from "preact/hooks";
import { post } from "../../api";
import type { Schema } from "../../hub";
import { t, tn } from "../../i18n";
import { useSession } from "../../session";
import { listed, Outcome, rolesOf, useAction, wrongWith } from "../../ui/action";
import { AreaTree } from "../../ui/areatree";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { CheckField, TextField } from "../../ui/field";
import { Loading, useLoad } from "../../ui/load";
import { Notice } from "../../ui/notice";
import { Heard, Words } from "../../ui/words";

type Moved = Schema<"MoveAnswer">;

/** Other areas or roles for all that are chosen: what would happen is shown with numbers, then done. */
export function Moving(props: { devices: string[]; onClose: () => void; onDone: (moved: number) => void }) {
  const { session } = useSession();
  const areas = useLoad<Schema<"AreaList">>("/v1/areas");
  const [setsAreas, setSetsAreas] = useState(true);
  const [codes, setCodes] = useState<string[]>([]);
  const [setsRoles, setSetsRoles] = useState(false);
  const [roles, setRoles] = useState("");
  const [looked, setLooked] = useState<Moved | null>(null);
  const action = useAction();
  const body = { devices: props.devices, areas: setsAreas ? codes : null, roles: setsRoles ? rolesOf(roles) : null };
  const changed = () => setLooked(null);
  const move = async (dryRun: boolean) => {
    let found: Moved | null = null;
    await action.run(async () => {
      found = await post<Moved>("/v1/devices/move", body, { dry_run: dryRun });
    });
    const answer = found as Moved | null;
    if (answer && dryRun) setLooked(answer);
    else if (answer && answer.failed === 0) props.onDone(answer.moved);
    else if (answer) setLooked(answer);
  };
  return (
    <Dialog title={tn("Move or change roles of {n} device", "Move or change roles of {n} devices", props.devices.length)} isOpen onClose={props.onClose}
      actions={
        looked && looked.moved > 0 ? (
          <Button kind="primary" onPress={() => move(false)}>
            {tn("Move {n} device now", "Move {n} devices now", looked.moved)}
          </Button>
        ) : (
          <Button kind="primary" disabled={!setsAreas && !setsRoles} onPress={() => move(true)}>
            {t("Look at what would change")}
          </Button>
        )
      }
    >
      <Outcome of={action} />
      <CheckField label={t("Put them into other areas")} checked={setsAreas} onValue={(value) => (setSetsAreas(value), changed())} />
      {setsAreas && (
        <Loading of={areas}>
          {({ areas: all }) =>
            all.length ? (
              <AreaTree
                areas={all}
                within={session?.areas ?? []}
                selected={codes}
                onToggle={(code) => {
                  setCodes(codes.includes(code) ? codes.filter((one) => one !== code) : [...codes, code]);
                  changed();
                }}
              />
            ) : (
              <TextField label={t("Codes of areas")} value={codes.join(" ")} onValue={(value) => (setCodes(listed(value)), changed())} />
            )
          }
        </Loading>
      )}
      <CheckField label={t("Give their users other roles")} checked={setsRoles} onValue={(value) => (setSetsRoles(value), changed())} />
      {setsRoles && (
        <TextField
          label={t("Roles")}
          hint={t("In the place of those before; with commas between them, empty for none.")}
          error={wrongWith(action.error, "roles")}
          value={roles}
          onValue={(value) => (setRoles(value), changed())}
        />
      )}
      {looked && (
        <Notice
          kind={looked.failed ? "warning" : "info"}
          title={t("{moved} will be moved, {unchanged} are so already, {failed} cannot be.", {
            moved: looked.moved,
            unchanged: looked.unchanged,
            failed: looked.failed,
          })}
        >
          <ul>
            {looked.devices
              .filter((one) => one.problem)
              .slice(0, 20)
              .map((one) => (
                <li key={one.device}>
                  <Words>{one.name}</Words>: <Heard>{one.problem ?? ""}</Heard>
                </li>
              ))}
          </ul>
        </Notice>
      )}
    </Dialog>
  );
}
