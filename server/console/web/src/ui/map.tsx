// A map of the deployment's areas over the countries of the world. It needs no network but the hub: outlines come from it, the
// countries with the console. Shades come with a pattern and a text, so nothing is said by colour alone; the list below the map
// says all of it in words.
import { geoMercator, geoPath, type GeoProjection } from "d3-geo";
import type { FeatureCollection } from "geojson";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import type { Corner, Places } from "../places";
import { Words } from "./words";

const WIDTH = 800;
const HEIGHT = 520;
const ZOOM_MAX = 60;
const STEP = 60;
const MOVED_MIN = 4;
/** A label is drawn where its area is at least so wide on the screen. */
const LABEL_WIDTH = 34;

/** The shade of an area: 0 (lightest) to 4; `text` is what it stands for, drawn on it and said in the list. */
export interface Shade {
  step: 0 | 1 | 2 | 3 | 4;
  text: string;
}

export interface View {
  /** Longitude and latitude → a place in the drawing. */
  project: (at: readonly [number, number]) => readonly [number, number];
  /** A pixel of the screen in the drawing's units: what should look the same at any scale is multiplied by it. */
  size: number;
}

export interface MapProps {
  label: string;
  places: Places;
  shades?: ReadonlyMap<string, Shade>;
  /** What the steps stand for, the lightest first; as many as are in use. */
  legend?: { title: string; steps: readonly string[] };
  selected?: ReadonlySet<string>;
  onPick?: (code: string) => void;
  /** A place was pressed, or Enter while the map has the focus: then it is the cross in the middle. */
  onPlace?: (at: Corner) => void;
  onUndo?: () => void;
  overlay?: (view: View) => ComponentChildren;
  /** The list of the places in words is somewhere else on the page. */
  hasOwnList?: boolean;
}

interface Window {
  zoom: number;
  x: number;
  y: number;
}

const WHOLE: Window = { zoom: 1, x: 0, y: 0 };

/** The countries, once they are there: they are no part of the first load. */
function useWorld(): FeatureCollection | null {
  const [world, setWorld] = useState<FeatureCollection | null>(null);
  useEffect(() => {
    let isWanted = true;
    void Promise.all([import("world-atlas/countries-110m.json"), import("topojson-client")]).then(([atlas, { feature }]) => {
      if (isWanted) setWorld(feature(atlas.default, atlas.default.objects.countries) as unknown as FeatureCollection);
    });
    return () => {
      isWanted = false;
    };
  }, []);
  return world;
}

/** How many units of the drawing a pixel of the screen has: letters and points keep their size on a phone. */
function useUnit(drawing: { current: SVGSVGElement | null }): number {
  const [unit, setUnit] = useState(1);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setUnit(Math.max(1, WIDTH / entry.contentRect.width));
    });
    observer.observe(drawing.current!);
    return () => observer.disconnect();
  }, []);
  return unit;
}

function projectionFor(places: Places): GeoProjection {
  const made = geoMercator();
  return places.features.length
    ? made.fitExtent([[24, 24], [WIDTH - 24, HEIGHT - 24]], places)
    : made.scale(WIDTH / 2 / Math.PI).translate([WIDTH / 2, HEIGHT / 1.6]);
}

const clamped = ({ zoom, x, y }: Window): Window => {
  const kept = Math.min(Math.max(zoom, 0.5), ZOOM_MAX);
  return { zoom: kept, x: Math.min(Math.max(x, -WIDTH * kept), WIDTH), y: Math.min(Math.max(y, -HEIGHT * kept), HEIGHT) };
};

/** The same window, enlarged around a place of the screen. */
const enlarged = ({ zoom, x, y }: Window, by: number, at: readonly [number, number] = [WIDTH / 2, HEIGHT / 2]): Window => {
  const next = Math.min(Math.max(zoom * by, 0.5), ZOOM_MAX);
  const factor = next / zoom;
  return clamped({ zoom: next, x: at[0] - (at[0] - x) * factor, y: at[1] - (at[1] - y) * factor });
};

export function MapView(props: MapProps) {
  const { places, shades, selected, onPick, onPlace, onUndo, overlay, legend } = props;
  const id = useId();
  const world = useWorld();
  const drawing = useRef<SVGSVGElement>(null);
  const [view, setView] = useState<Window>(WHOLE);
  const unit = useUnit(drawing);
  const size = unit / view.zoom;
  const projection = useMemo(() => projectionFor(places), [places]);
  useLayoutEffect(() => setView(WHOLE), [projection]); // before anybody can have moved it
  const drawn = useMemo(() => {
    const path = geoPath(projection);
    const byDepth = [...places.features].sort((one, other) => depth(one.properties.code) - depth(other.properties.code));
    const outlined = byDepth.filter((one) => one.geometry.type !== "Point").map((one) => one.properties.code);
    return byDepth.map((one) => {
      const isPoint = one.geometry.type === "Point";
      const [[west, north], [east, south]] = isPoint ? [[0, 0], [0, 0]] : path.bounds(one);
      const middle = path.centroid(one);
      // an area whose parts are drawn too shows no shade of its own: it would lie over theirs
      const isWhole = !isPoint && outlined.some((code) => code.startsWith(`${one.properties.code}-`));
      return { ...one.properties, isPoint, isWhole, path: isPoint ? "" : path(one) ?? "", middle, width: east! - west!, height: south! - north! };
    });
  }, [projection]);
  const countries = useMemo(() => (world ? geoPath(projection)(world) ?? "" : ""), [world, projection]);

  const onScreen = (event: { clientX: number; clientY: number }): [number, number] => {
    const box = drawing.current!.getBoundingClientRect();
    const scale = Math.min(box.width / WIDTH, box.height / HEIGHT) || 1;
    const left = box.left + (box.width - WIDTH * scale) / 2;
    const top = box.top + (box.height - HEIGHT * scale) / 2;
    return [(event.clientX - left) / scale, (event.clientY - top) / scale];
  };
  const toDrawing = ([x, y]: readonly [number, number]): [number, number] => [(x - view.x) / view.zoom, (y - view.y) / view.zoom];
  const placeAt = (screen: readonly [number, number]) => {
    const [lon, lat] = projection.invert!(toDrawing(screen))!;
    onPlace?.([rounded(lat), rounded(lon)]);
  };
  const drag = useDrag(drawing, onScreen, (by) => setView((before) => clamped({ ...before, x: before.x + by[0], y: before.y + by[1] })));

  const press = (event: PointerEvent) => {
    if (drag.hasMoved()) return;
    if (onPlace) return placeAt(onScreen(event));
    const code = (event.target as Element).closest("[data-code]")?.getAttribute("data-code");
    if (code && onPick) onPick(code);
  };
  const pan = (x: number, y: number) => setView((before) => clamped({ ...before, x: before.x + x, y: before.y + y }));
  const keys: Record<string, () => void> = {
    ArrowLeft: () => pan(STEP, 0),
    ArrowRight: () => pan(-STEP, 0),
    ArrowUp: () => pan(0, STEP),
    ArrowDown: () => pan(0, -STEP),
    "+": () => setView((before) => enlarged(before, 1.5)),
    "=": () => setView((before) => enlarged(before, 1.5)),
    "-": () => setView((before) => enlarged(before, 1 / 1.5)),
    ...(onPlace ? { Enter: () => placeAt([WIDTH / 2, HEIGHT / 2]) } : {}),
    ...(onUndo ? { Backspace: onUndo } : {}),
  };
  const onKey = (event: KeyboardEvent) => {
    const act = event.target === event.currentTarget ? keys[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  };
  const has = (code: string) => selected?.has(code) ?? false;
  return (
    <div class="map">
      <div
        class="map-frame"
        role="group"
        tabIndex={0}
        aria-label={props.label}
        aria-describedby={`${id}-keys`}
        onKeyDown={onKey}
      >
        <svg
          ref={drawing}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          class={onPick || onPlace ? "map-drawing map-pickable" : "map-drawing"}
          aria-hidden="true"
          onPointerDown={drag.begin}
          onPointerMove={drag.move}
          onPointerUp={drag.end}
          onPointerCancel={drag.end}
          onClick={press as (event: MouseEvent) => void}
        >
          <Patterns id={id} size={size} />
          <rect class="map-sea" width={WIDTH} height={HEIGHT} />
          <g transform={`translate(${view.x} ${view.y}) scale(${view.zoom})`}>
            <path class="map-land" d={countries} />
            {drawn.map((one) => {
              const shade = one.isWhole ? undefined : shades?.get(one.code);
              const state = `${shade ? ` map-shade-${shade.step}` : ""}${has(one.code) ? " map-selected" : ""}`;
              return one.isPoint ? (
                <circle key={one.code} data-code={one.code} class={`map-point${state}`} cx={one.middle[0]} cy={one.middle[1]} r={5 * size} />
              ) : (
                <path key={one.code} data-code={one.code} class={`map-area${state}`} d={one.path} />
              );
            })}
            {drawn.map(
              (one) =>
                shades?.get(one.code) &&
                !one.isPoint &&
                !one.isWhole && <path key={`pattern-${one.code}`} class="map-pattern" d={one.path} fill={`url(#${id}-${shades.get(one.code)!.step})`} />,
            )}
            {drawn.map(
              (one) =>
                one.width / size > LABEL_WIDTH &&
                !one.isPoint &&
                !one.isWhole && (
                  <text key={`label-${one.code}`} class="map-label" x={one.middle[0]} y={one.middle[1]} font-size={12 * size}>
                    {shades ? shades.get(one.code)?.text ?? "" : one.name}
                  </text>
                ),
            )}
            {overlay?.({ project: (at) => projection([at[0], at[1]])!, size })}
          </g>
          {onPlace && <path class="map-cross" d={`M${WIDTH / 2 - 12} ${HEIGHT / 2}h24M${WIDTH / 2} ${HEIGHT / 2 - 12}v24`} />}
        </svg>
        <div class="map-tools">
          <ToolButton label={t("Enlarge the map")} sign="+" onPress={() => setView((before) => enlarged(before, 1.5))} />
          <ToolButton label={t("Shrink the map")} sign="−" onPress={() => setView((before) => enlarged(before, 1 / 1.5))} />
          <ToolButton label={t("Move the map left")} sign="←" onPress={() => pan(STEP, 0)} />
          <ToolButton label={t("Move the map right")} sign="→" onPress={() => pan(-STEP, 0)} />
          <ToolButton label={t("Move the map up")} sign="↑" onPress={() => pan(0, STEP)} />
          <ToolButton label={t("Move the map down")} sign="↓" onPress={() => pan(0, -STEP)} />
          <ToolButton label={t("Show the whole map")} sign="⤢" onPress={() => setView(WHOLE)} />
        </div>
      </div>
      <p class="hint map-keys" id={`${id}-keys`}>
        {onPlace
          ? t("With the keyboard: arrows move the map, + and − enlarge and shrink it, Enter sets a corner at the cross, Backspace takes the last one away.")
          : t("With the keyboard: arrows move the map, + and − enlarge and shrink it.")}
      </p>
      {legend && <Legend id={id} {...legend} />}
      {!props.hasOwnList && <PlaceList {...props} />}
    </div>
  );
}

function ToolButton(props: { label: string; sign: string; onPress: () => void }) {
  return (
    <button type="button" class="map-tool" aria-label={props.label} title={props.label} onClick={props.onPress}>
      <span aria-hidden="true">{props.sign}</span>
    </button>
  );
}

/** Hatching that grows with the step: none, dots, lines, crossed lines, close lines. */
function Patterns({ id, size }: { id: string; size: number }) {
  const paths = ["", "M2 2h1.5v1.5h-1.5z", "M0 8L8 0", "M0 8L8 0M0 0L8 8", "M0 4L4 0M0 8L8 0M4 8L8 4"];
  return (
    <defs>
      {paths.map((path, step) => (
        <pattern key={step} id={`${id}-${step}`} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform={`scale(${size})`}>
          <path class="map-hatch" d={path} />
        </pattern>
      ))}
    </defs>
  );
}

function Legend(props: { id: string; title: string; steps: readonly string[] }) {
  return (
    <div class="map-legend" role="group" aria-label={props.title}>
      <strong>{props.title}</strong>
      <ul>
        {props.steps.map((words, step) => (
          <li key={step}>
            <svg viewBox="0 0 32 20" aria-hidden="true">
              <rect class={`map-area map-shade-${step}`} width="32" height="20" />
              <rect width="32" height="20" fill={`url(#${props.id}-${step})`} />
            </svg>
            {words}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The same in words: every place with what its shade says; it can be chosen here too. */
function PlaceList({ places, shades, selected, onPick, label }: MapProps) {
  const rows = [...places.features].sort((one, other) => one.properties.name.localeCompare(other.properties.name));
  return (
    <details class="map-list">
      <summary>{t("The map as a list")}</summary>
      <ul aria-label={label}>
        {rows.map(({ properties: { code, name } }) => {
          const said = (
            <>
              <Words>{name}</Words> <code>{code}</code>
              {shades?.get(code) && <strong> {shades.get(code)!.text}</strong>}
            </>
          );
          return (
            <li key={code}>
              {onPick ? (
                <button type="button" class="button" aria-pressed={selected?.has(code) ?? false} onClick={() => onPick(code)}>
                  {said}
                </button>
              ) : (
                said
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function useDrag(
  drawing: { current: SVGSVGElement | null },
  onScreen: (event: PointerEvent) => [number, number],
  moved: (by: [number, number]) => void,
) {
  const state = useRef<{ last: [number, number]; far: number } | null>(null);
  const far = useRef(0);
  return {
    hasMoved: () => far.current > MOVED_MIN,
    begin: (event: PointerEvent) => {
      if ((event.target as Element).closest("[data-handle]")) return;
      state.current = { last: onScreen(event), far: 0 };
      far.current = 0;
    },
    move: (event: PointerEvent) => {
      if (!state.current || event.buttons === 0) return;
      const now = onScreen(event);
      const by: [number, number] = [now[0] - state.current.last[0], now[1] - state.current.last[1]];
      far.current += Math.abs(by[0]) + Math.abs(by[1]);
      state.current.last = now;
      if (far.current <= MOVED_MIN) return;
      if (!drawing.current!.hasPointerCapture(event.pointerId)) drawing.current!.setPointerCapture(event.pointerId);
      moved(by);
    },
    end: () => {
      state.current = null;
    },
  };
}

const rounded = (degrees: number): number => Math.round(degrees * 1e4) / 1e4;
const depth = (code: string): number => code.split("-").length;
