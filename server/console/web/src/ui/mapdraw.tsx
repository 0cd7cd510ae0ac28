// A polygon, drawn on the map by pointer or keyboard, or written as coordinates; all three show the same corners.
import { useState } from "preact/hooks";
import { t, tn } from "../i18n";
import type { Corner, Places } from "../places";
import { Button } from "./button";
import { TextArea } from "./field";
import { MapView, type View } from "./map";

const PAIR = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/;

/** Corners as lines of text, latitude first. */
export const written = (corners: readonly Corner[]): string => corners.map(([lat, lon]) => `${lat}, ${lon}`).join("\n");

/** The corners in lines of text; a string: what is wrong. */
export function read(text: string): Corner[] | string {
  const corners: Corner[] = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const found = PAIR.exec(line);
    const lat = Number(found?.[1]);
    const lon = Number(found?.[2]);
    if (!found || Math.abs(lat) > 90 || Math.abs(lon) > 180) return line.trim();
    corners.push([lat, lon]);
  }
  return corners;
}

export function MapDraw(props: {
  label: string;
  places: Places;
  corners: readonly Corner[];
  onCorners: (corners: Corner[]) => void;
  selected?: ReadonlySet<string>;
}) {
  const { corners, onCorners } = props;
  const [text, setText] = useState<string | null>(null);
  const wrong = text === null ? null : read(text);
  const write = (value: string) => {
    const found = read(value);
    setText(value);
    if (typeof found !== "string") onCorners(found);
  };
  const set = (next: Corner[]) => {
    setText(null);
    onCorners(next);
  };
  return (
    <div class="map-draw">
      <p role="status">
        {corners.length < 3
          ? t("Press on the map to set at least three corners.")
          : tn("{n} corner. Press on the map for more.", "{n} corners. Press on the map for more.", corners.length)}
      </p>
      <MapView
        label={props.label}
        places={props.places}
        {...(props.selected ? { selected: props.selected } : {})}
        hasOwnList
        onPlace={(at) => set([...corners, at])}
        onUndo={() => set(corners.slice(0, -1))}
        overlay={(view) => <Drawn corners={corners} view={view} />}
      />
      <div class="actions">
        <Button onPress={() => set(corners.slice(0, -1))} disabled={corners.length === 0}>
          {t("Take the last corner away")}
        </Button>
        <Button onPress={() => set([])} disabled={corners.length === 0}>
          {t("Begin again")}
        </Button>
      </div>
      <details>
        <summary>{t("Write the corners as coordinates")}</summary>
        <TextArea
          label={t("Corners, one a line: latitude, longitude")}
          hint={t("Degrees with a point, south and west with a minus, like -1.2864, 36.8172.")}
          error={typeof wrong === "string" ? t("This line is no corner: {line}", { line: wrong }) : undefined}
          value={text ?? written(corners)}
          onValue={write}
          rows={6}
        />
      </details>
    </div>
  );
}

function Drawn({ corners, view }: { corners: readonly Corner[]; view: View }) {
  const points = corners.map(([lat, lon]) => view.project([lon, lat]));
  const line = points.map(([x, y]) => `${x},${y}`).join(" ");
  return (
    <>
      {points.length > 2 ? <polygon class="map-polygon" points={line} /> : <polyline class="map-polygon" points={line} />}
      {points.map(([x, y], index) => (
        <circle key={index} class="map-corner" cx={x} cy={y} r={6 * view.size} />
      ))}
    </>
  );
}
