// Devices: who there is, where, when last heard of; moved or given roles many at once.
import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import type { Schema } from "../hub";
import { t, tn } from "../i18n";
import { NOBODY } from "../places";
import { isAtLeast, useSession } from "../session";
import { Button } from "../ui/button";
import { SelectField, TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { useReach } from "../ui/reach";
import { Table } from "../ui/table";
import { columns, type Device } from "./devices/columns";
import { Edit } from "./devices/edit";
import { Moving } from "./devices/moving";

const SHOWN = 200;
const PAUSE_MS = 300;
type State = "" | "connected" | "day" | "week" | "silent" | "revoked";
const DAY_MS = 86_400_000;

const matches = (device: Device, state: State, now: number): boolean => {
  const age = device.last_seen === null ? Infinity : now - new Date(device.last_seen).getTime();
  if (state === "revoked") return device.revoked_at !== null;
  if (state === "connected") return device.connected;
  if (state === "day") return age >= DAY_MS;
  if (state === "week") return age >= 7 * DAY_MS;
  return state !== "silent" || device.last_seen === null;
};

export default function DevicesPage() {
  const { query } = useLocation();
  const { session } = useSession();
  const isAdmin = isAtLeast(session, "administrator");
  const [words, setWords] = useState(query.text ?? "");
  const [text, setText] = useState(words);
  const [area, setArea] = useState(query.area ?? "");
  const [role, setRole] = useState(query.role ?? "");
  const [state, setState] = useState<State>("");
  useEffect(() => {
    const timer = setTimeout(() => setText(words), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  const roles = useReach(NOBODY).reach?.roles ?? [];
  const wanted = { text, revoked: state === "revoked", limit: 2000, ...(area ? { area } : {}), ...(role ? { role } : {}) };
  const found = useLoad<Schema<"DeviceList">>(isCode(area) ? "/v1/devices" : null, wanted);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setChosen(new Set()), [text, area, role, state]);
  const [isMoving, setMoving] = useState(false);
  const [edited, setEdited] = useState<Device | null>(null);
  const [done, setDone] = useState("");
  const toggle = (device: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(device)) next.add(device);
      return next;
    });
  return (
    <Page
      title={t("Devices")}
      intro={t("Who gets alerts: where each is, and when the hub last heard of it.")}
      actions={
        <>
          {isAdmin && (
            <>
              <a class="button button-primary" href="/console/enrolment">
                {t("Enrol devices")}
              </a>
              <a class="button" href="/console/import?kind=devices">
                {t("Import")}
              </a>
            </>
          )}
          <a class="button" href="/v1/exports/devices" download>
            {t("Export as CSV")}
          </a>
        </>
      }
    >
      <div class="filter-grid" role="search" aria-label={t("Filter devices")}>
        <TextField label={t("Search")} hint={t("Name, number or telephone")} type="search" value={words} onValue={setWords} />
        <TextField
          label={t("Area")}
          hint={t("A code; includes what lies below")}
          error={isCode(area) ? undefined : t("This is no code of an area.")}
          type="search"
          value={area}
          onValue={setArea}
        />
        <SelectField
          label={t("Role")}
          hint={t("Of its user")}
          value={role}
          onValue={setRole}
          options={[{ value: "", label: t("all") }, ...roles.map((one) => ({ value: one.role, label: one.role }))]}
        />
        <SelectField
          label={t("State")}
          hint={t("When last heard of")}
          value={state}
          onValue={(value) => setState(value as State)}
          options={[
            { value: "", label: t("all that are enrolled") },
            { value: "connected", label: t("connected now") },
            { value: "day", label: t("not for a day") },
            { value: "week", label: t("not for a week") },
            { value: "silent", label: t("never heard of") },
            { value: "revoked", label: t("revoked") },
          ]}
        />
      </div>
      {done && <Notice kind="good" title={done} />}
      <Loading of={found}>
        {({ devices, total }) => {
          const rows = devices.filter((device) => matches(device, state, Date.now()));
          const shown = rows.slice(0, SHOWN);
          return (
            <>
              <p role="status">
                {tn("{n} device", "{n} devices", state && state !== "revoked" ? rows.length : total)}
                {shown.length < rows.length && ` – ${t("the first {n} are shown; filter for others", { n: shown.length })}`}
              </p>
              {isAdmin && state !== "revoked" && rows.length > 0 && (
                <div class="actions">
                  <Button onPress={() => setChosen(chosen.size === rows.length ? new Set() : new Set(rows.map((row) => row.device)))}>
                    {chosen.size === rows.length ? t("Choose none") : tn("Choose the one", "Choose all {n}", rows.length)}
                  </Button>
                  <Button kind="primary" disabled={chosen.size === 0} onPress={() => setMoving(true)}>
                    {tn("Move or change roles of {n} device", "Move or change roles of {n} devices", chosen.size)}
                  </Button>
                </div>
              )}
              <Table
                caption={t("Devices")}
                isCaptionHidden
                rows={shown}
                rowKey={(row) => row.device}
                empty={t("No device matches.")}
                columns={columns(isAdmin && state !== "revoked" ? { chosen, toggle, edit: setEdited } : null)}
              />
            </>
          );
        }}
      </Loading>
      {isMoving && (
        <Moving
          devices={[...chosen]}
          onClose={() => setMoving(false)}
          onDone={(moved) => {
            setMoving(false);
            setChosen(new Set());
            setDone(tn("{n} device moved.", "{n} devices moved.", moved));
            found.reload();
          }}
        />
      )}
      {edited && (
        <Edit
          device={edited}
          onClose={() => setEdited(null)}
          onDone={(said) => {
            setEdited(null);
            setDone(said);
            found.reload();
          }}
        />
      )}
    </Page>
  );
}

const isCode = (text: string): boolean => text === "" || /^[A-Za-z0-9._]+(-[A-Za-z0-9._]+)*$/.test(text);
