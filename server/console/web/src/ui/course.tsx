// How an alert came along over time, as a chart; the same figures stand in a table below it. The chart is loaded when it is shown.
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { Schema } from "../hub";
import { moment, number, t } from "../i18n";

type Point = Schema<"PointAnswer">;

const COLOURS = ["#5b6b7b", "#0b5cad", "#176b3a", "#7a2c8f"];
const DASHES = [[], [8, 4], [], [2, 3]];
const HEIGHT = 260;
const REDRAWN_MS = 2000;

export function Course(props: { begin: string; points: readonly Point[]; asks: boolean }) {
  const { asks } = props;
  const points: readonly Point[] = [{ at: props.begin, delivered: 0, seen: 0, acknowledged: 0, answered: 0 }, ...props.points];
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const names = [t("Has it"), t("Seen"), t("Acknowledged"), ...(asks ? [t("Answered")] : [])];
  const data = [
    points.map((point) => Date.parse(point.at) / 1000),
    points.map((point) => point.delivered),
    points.map((point) => point.seen),
    points.map((point) => point.acknowledged),
    ...(asks ? [points.map((point) => point.answered)] : []),
  ] as uPlot.AlignedData;
  const newest = useRef(data);
  newest.current = data;
  useEffect(() => {
    let isOver = false;
    let watching: ResizeObserver | null = null;
    import("uplot").then(
      ({ default: Plot }) => {
        const box = place.current;
        if (isOver || !box) return;
        const series = names.map((label, at) => ({
          label,
          stroke: COLOURS[at]!,
          width: 2,
          dash: DASHES[at]!,
          spanGaps: true,
          points: { show: false },
        }));
        const made = new Plot(
          {
            width: box.clientWidth,
            height: HEIGHT,
            series: [{ label: t("Until") }, ...series],
            scales: { y: { range: (_: uPlot, __: number, most: number) => [0, Math.max(1, most)] } },
            axes: [{}, { size: 60, values: (_: uPlot, ticks: number[]) => ticks.map((tick) => (Number.isInteger(tick) ? number(tick) : "")) }],
            cursor: { y: false },
          },
          newest.current,
          box,
        );
        chart.current = made;
        watching = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: HEIGHT }));
        watching.observe(box);
      },
      () => setFailed(true),
    );
    return () => {
      isOver = true;
      watching?.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [asks]);
  const drawnAt = useRef(0);
  useEffect(() => {
    // Drawing a chart is the dearest thing on the page: at most once in two seconds, and when the browser has nothing else to do.
    const draw = () => {
      drawnAt.current = Date.now();
      chart.current?.setData(newest.current);
    };
    const timer = setTimeout(() => requestIdleCallback(draw, { timeout: 1000 }), Math.max(0, drawnAt.current + REDRAWN_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [props.points]);
  const few = points.filter((_, at) => points.length - 1 - at < 1 || at % Math.ceil(points.length / 12) === 0);
  return (
    <>
      {hasFailed ? <p class="quiet">{t("The chart could not be loaded; the figures are in the table.")}</p> : <div class="course" ref={place} aria-hidden="true" dir="ltr" />}
      <details>
        <summary>{t("The same as a table")}</summary>
        <div class="table-box" role="region" aria-label={t("Over time")} tabIndex={0}>
          <table role="table">
            <caption class="visually-hidden">{t("Over time")}</caption>
            <thead role="rowgroup">
              <tr role="row">
                <th role="columnheader" scope="col">{t("Until")}</th>
                {names.map((name) => (
                  <th role="columnheader" key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody role="rowgroup">
              {few.map((point) => (
                <tr role="row" key={point.at}>
                  <th role="rowheader" scope="row">{moment(point.at)}</th>
                  <td role="cell" class="number" data-label={names[0]}>{point.delivered === null ? "–" : number(point.delivered)}</td>
                  <td role="cell" class="number" data-label={names[1]}>{number(point.seen)}</td>
                  <td role="cell" class="number" data-label={names[2]}>{number(point.acknowledged)}</td>
                  {asks && <td role="cell" class="number" data-label={names[3]}>{number(point.answered)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
