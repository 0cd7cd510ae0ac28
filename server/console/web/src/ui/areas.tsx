// The areas of an alert with bars, by level of the tree, sortable; rows that did not change are not drawn again.
import { useMemo, useState } from "preact/hooks";
import { barLabel, parts, reach } from "../counts";
import type { Schema } from "../hub";
import { number, percent, t, tn } from "../i18n";
import { Bar, Still } from "./live";
import { Words } from "./words";

type Row = Schema<"AreaProgressAnswer">;
type Key = "area" | "whole" | "has" | "acknowledged" | "lacks";

const SHOWN_MAX = 100;
const level = (row: Row): number => row.area.split("-").length;

export function AreasTable({ rows }: { rows: readonly Row[] }) {
  const deepest = rows.reduce((most, row) => Math.max(most, level(row)), 1);
  const fitting = useMemo(() => (rows.filter((row) => level(row) === 2).length <= SHOWN_MAX ? Math.min(2, deepest) : 1), [deepest, rows.length]);
  const [chosen, setChosen] = useState<number | null>(null);
  const [sort, setSort] = useState<{ key: Key; isDown: boolean }>({ key: "lacks", isDown: true });
  const shownLevel = chosen ?? fitting;
  const here = rows.filter((row) => level(row) === shownLevel || (row.area === "" && shownLevel === 1));
  const value = (row: Row): number | string => (sort.key === "area" ? row.name || row.area : reach(row.counts)[sort.key]);
  const sorted = here
    .map((row) => [value(row), row] as const)
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0) * (sort.isDown ? -1 : 1))
    .map(([, row]) => row);
  const press = (key: Key) => setSort({ key, isDown: sort.key === key ? !sort.isDown : key !== "area" });
  const heading = (key: Key, words: string, isNumber = true) => (
    <th
      role="columnheader"
      scope="col"
      class={isNumber ? "number" : undefined}
      aria-sort={sort.key === key ? (sort.isDown ? "descending" : "ascending") : undefined}
    >
      <button type="button" class="sort" onClick={() => press(key)}>
        {words}
        <span aria-hidden="true">{sort.key === key ? (sort.isDown ? " ▼" : " ▲") : " ↕"}</span>
      </button>
    </th>
  );
  return (
    <>
      {deepest > 1 && (
        <div class="levels" role="group" aria-label={t("Level of areas")}>
          {Array.from({ length: deepest }, (_, at) => at + 1).map((one) => (
            <button key={one} type="button" class="button" aria-pressed={one === shownLevel} onClick={() => setChosen(one)}>
              {t("Level {n}", { n: one })}
            </button>
          ))}
        </div>
      )}
      <div class="table-box" role="region" aria-label={t("Table of areas")} tabIndex={0}>
        <table role="table" class="areas">
          <caption class="visually-hidden">{t("By area")}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {heading("area", t("Area"), false)}
              <th role="columnheader" scope="col" class="bar-cell">
                {t("How far it has come")}
              </th>
              {heading("whole", t("Devices"))}
              {heading("has", t("Has it"))}
              {heading("acknowledged", t("Acknowledged"))}
              {heading("lacks", t("Not reached"))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {sorted.slice(0, SHOWN_MAX).map((row) => (
              <Still key={row.area} value={row} draw={drawn} />
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > SHOWN_MAX && (
        <p class="quiet">{tn("{n} more area on this level.", "{n} more areas on this level.", sorted.length - SHOWN_MAX)}</p>
      )}
    </>
  );
}

function drawn(row: Row) {
  const all = reach(row.counts);
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        {row.area === "" ? t("In no area") : row.name ? <Words>{row.name}</Words> : <code>{row.area}</code>}
      </th>
      <td role="cell" class="bar-cell">
        <Bar parts={parts(row.counts)} whole={all.whole} label={barLabel(row.counts)} />
      </td>
      <td role="cell" class="number" data-label={t("Devices")}>{number(all.whole)}</td>
      <td role="cell" class="number" data-label={t("Has it")}>
        {number(all.has)} <span class="share">{percent(all.has, all.whole)}</span>
      </td>
      <td role="cell" class="number" data-label={t("Acknowledged")}>
        {number(all.acknowledged)} <span class="share">{percent(all.acknowledged, all.whole)}</span>
      </td>
      <td role="cell" class="number" data-label={t("Not reached")}>{all.lacks ? <strong>{number(all.lacks)}</strong> : "0"}</td>
    </tr>
  );
}
