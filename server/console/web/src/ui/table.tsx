// A table with a caption and headings, sortable by any column that can be; on a phone each row
// is a card (the roles are written out, because a browser forgets them where a table is not displayed as one).
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";

export interface Column<Row> {
  key: string;
  heading: string;
  cell: (row: Row) => ComponentChildren;
  /** What the rows are sorted by; without it the column has no button. */
  by?: (row: Row) => string | number;
  isNumber?: boolean;
  /** The cell that names the row. */
  isName?: boolean;
}

export function Table<Row>(props: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  empty?: ComponentChildren;
  isCaptionHidden?: boolean;
}) {
  const [sort, setSort] = useState<{ key: string; isDown: boolean } | null>(null);
  const by = props.columns.find((column) => column.key === sort?.key)?.by;
  const rows = by ? [...props.rows].sort((one, other) => compare(by(one), by(other)) * (sort?.isDown ? -1 : 1)) : props.rows;
  const press = (key: string) => setSort({ key, isDown: sort?.key === key ? !sort.isDown : false });
  return (
    <div class="table-box" role="region" aria-label={props.caption} tabIndex={0}>
      <table role="table">
        <caption class={props.isCaptionHidden ? "visually-hidden" : undefined}>{props.caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {props.columns.map((column) => (
              <th
                role="columnheader"
                key={column.key}
                scope="col"
                class={column.isNumber ? "number" : undefined}
                aria-sort={sort?.key === column.key ? (sort.isDown ? "descending" : "ascending") : undefined}
              >
                {column.by ? (
                  <button type="button" class="sort" onClick={() => press(column.key)}>
                    {column.heading}
                    <span aria-hidden="true">{sort?.key === column.key ? (sort.isDown ? " ▼" : " ▲") : " ↕"}</span>
                  </button>
                ) : (
                  column.heading
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={props.rowKey(row)}>
              {props.columns.map((column) =>
                column.isName ? (
                  <th role="rowheader" key={column.key} scope="row" class={column.isNumber ? "number" : undefined}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td role="cell" key={column.key} data-label={column.heading} class={column.isNumber ? "number" : undefined}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
          {rows.length === 0 && (
            <tr role="row">
              <td role="cell" colSpan={props.columns.length} class="quiet">
                {props.empty ?? t("Nothing here yet.")}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

function compare(one: string | number, other: string | number): number {
  return typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other));
}
