// The columns of the table of devices.
import type { Schema } from "../../hub";
import { t } from "../../i18n";
import type { Column } from "../../ui/table";
import { Time, Words } from "../../ui/words";

export type Device = Schema<"DeviceAnswer">;

type Choosing = { chosen: ReadonlySet<string>; toggle: (device: string) => void; edit: (device: Device) => void } | null;

export function columns(choosing: Choosing): Column<Device>[] {
  const found: Column<Device>[] = [
    { key: "name", heading: t("Name"), isName: true, by: (row) => row.name, cell: (row) => <Name row={row} /> },
    {
      key: "areas",
      heading: t("Areas"),
      by: (row) => row.areas.join(),
      cell: (row) => row.areas.map((code) => <code key={code}>{code} </code>),
    },
    { key: "roles", heading: t("Roles"), by: (row) => row.roles.join(), cell: (row) => <Words>{row.roles.join(", ")}</Words> },
    { key: "languages", heading: t("Languages"), cell: (row) => row.languages.join(" ") },
    { key: "phone", heading: t("Phone"), cell: (row) => (row.phone ? <a href={`tel:${row.phone}`}>{row.phone}</a> : <span class="quiet">–</span>) },
    {
      key: "seen",
      heading: t("Last heard of"),
      by: (row) => (row.connected ? Infinity : row.last_seen ? new Date(row.last_seen).getTime() : 0),
      cell: (row) =>
        row.revoked_at ? (
          <>
            {t("revoked")} <Time at={row.revoked_at} isShort />
          </>
        ) : row.connected ? (
          <strong class="connected">{t("connected now")}</strong>
        ) : (
          <Time at={row.last_seen} isShort />
        ),
    },
  ];
  if (!choosing) return found;
  return [
    {
      key: "choose",
      heading: t("Choose"),
      cell: (row) => (
        <input
          type="checkbox"
          aria-label={t("Choose {name}", { name: row.name })}
          checked={choosing.chosen.has(row.device)}
          onChange={() => choosing.toggle(row.device)}
        />
      ),
    },
    ...found,
    {
      key: "edit",
      heading: t("Change"),
      cell: (row) => (
        <button type="button" class="button" aria-label={t("Change {name}", { name: row.name })} onClick={() => choosing.edit(row)}>
          {t("Change")}
        </button>
      ),
    },
  ];
}

function Name({ row }: { row: Device }) {
  return (
    <>
      <Words>{row.name}</Words>
      <br />
      <span class="quiet">
        <code>{row.reference ?? row.device}</code>
      </span>
      {row.clone_seen_at && <span class="tag">{t("two copies are in use")}</span>}
    </>
  );
}
