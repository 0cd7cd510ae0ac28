// The areas, those with the gravest alert first.
import { useMemo, useState } from "preact/hooks";
import type { Schema } from "../../hub";
import { number, percent, t, tn } from "../../i18n";
import { Bar, Still } from "../../ui/live";
import { Severity, Status, Words } from "../../ui/words";
import { GRAVITY } from "./alerts";

export type AreaRow = Schema<"SituationAreaAnswer">;

const AREAS_MAX = 200;
/** Of the tree of areas, unless all are asked for. */
const LEVELS_SHOWN = 2;

/** The areas that lie in no other one. */
export function atTop(areas: readonly AreaRow[]): AreaRow[] {
  const known = new Set(areas.map((row) => row.area));
  return areas.filter((row) => {
    for (let at = row.area.lastIndexOf("-"); at > 0; at = row.area.lastIndexOf("-", at - 1))
      if (known.has(row.area.slice(0, at))) return false;
    return true;
  });
}

/** Code → name; the same object as long as the names are the same. */
export function useNames(areas: readonly AreaRow[]): Record<string, string> {
  const key = areas.map((row) => `${row.area} ${row.name}`).join("\n");
  return useMemo(() => Object.fromEntries(areas.filter((row) => row.name).map((row) => [row.area, row.name])), [key]);
}

export function Areas({ rows }: { rows: readonly AreaRow[] }) {
  const [isDeep, setDeep] = useState(false);
  const all = rows.filter((row) => row.alerts || row.exercises || row.lacking || row.silent);
  const touched = isDeep ? all : all.filter((row) => row.silent || row.area.split("-").length <= LEVELS_SHOWN);
  const sorted = [...touched].sort(
    (one, other) =>
      (GRAVITY[one.severity ?? ""] ?? 9) - (GRAVITY[other.severity ?? ""] ?? 9) ||
      one.area.split("-").length - other.area.split("-").length ||
      other.lacking - one.lacking,
  );
  return (
    <div>
      <h2>{t("Areas")}</h2>
      {sorted.length === 0 ? (
        <p class="quiet">{t("Nothing in force reaches an area, and none is silent.")}</p>
      ) : (
        <div class="table-box" role="region" aria-label={t("Table of areas")} tabIndex={0}>
          <table role="table" class="areas">
            <caption class="visually-hidden">{t("Areas, those with the gravest alert first")}</caption>
            <thead role="rowgroup">
              <tr role="row">
                <th role="columnheader" scope="col">{t("Area")}</th>
                <th role="columnheader" scope="col">{t("Gravest in force")}</th>
                <th role="columnheader" scope="col" class="number">
                  {t("Alerts")}
                </th>
                <th role="columnheader" scope="col" class="number">
                  {t("Devices")}
                </th>
                <th role="columnheader" scope="col" class="bar-cell">
                  {t("Share that lacks something")}
                </th>
                <th role="columnheader" scope="col" class="number">
                  {t("Lack something")}
                </th>
              </tr>
            </thead>
            <tbody role="rowgroup">
              {sorted.slice(0, AREAS_MAX).map((row) => (
                <Still key={row.area} value={row} draw={drawnArea} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(isDeep || all.length > touched.length) && (
        <p>
          <button type="button" class="button no-print" aria-pressed={isDeep} onClick={() => setDeep(!isDeep)}>
            {t("All levels of areas")}
          </button>
        </p>
      )}
      {sorted.length > AREAS_MAX && (
        <p class="quiet">{tn("{n} more area is touched.", "{n} more areas are touched.", sorted.length - AREAS_MAX)}</p>
      )}
    </div>
  );
}

function drawnArea(row: AreaRow) {
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        {row.area === "" ? t("In no area") : row.name ? <Words>{row.name}</Words> : <code>{row.area}</code>}
        {row.silent && <span class="silent"> {t("silent")}</span>}
      </th>
      <td role="cell">{row.severity ? <Severity value={row.severity} /> : row.exercises ? <Status value="Exercise" /> : "–"}</td>
      <td role="cell" class="number" data-label={t("Alerts")}>{number(row.alerts)}</td>
      <td role="cell" class="number" data-label={t("Devices")}>{number(row.devices)}</td>
      <td role="cell" class="bar-cell">
        <Bar
          parts={[
            { name: "has", count: row.addressed - row.lacking, kind: "has" },
            { name: "lacks", count: row.lacking, kind: "lacks" },
          ]}
          whole={row.addressed}
          label={t("{percent} lack something", { percent: percent(row.lacking, row.addressed) })}
        />
      </td>
      <td role="cell" class="number" data-label={t("Lack something")}>
        {row.lacking ? <strong>{number(row.lacking)}</strong> : "0"} <span class="share">{percent(row.lacking, row.addressed)}</span>
      </td>
    </tr>
  );
}
