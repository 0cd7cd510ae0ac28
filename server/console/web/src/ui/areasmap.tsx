// The areas of an alert on the map, shaded by the share of devices that it has not reached; the table beside it says the same.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get } from "../api";
import { reach } from "../counts";
import type { Schema } from "../hub";
import { percent, t } from "../i18n";
import type { Places } from "../places";
import type { Shade } from "./map";

type Row = Schema<"AreaProgressAnswer">;

/** Drawing a country is dear: at most so often, however fast the counts change. */
const REDRAWN_MS = 3000;
const step = (share: number): Shade["step"] => (share === 0 ? 0 : share < 0.1 ? 1 : share < 0.3 ? 2 : share < 0.6 ? 3 : 4);

export function AreasMap({ rows }: { rows: readonly Row[] }) {
  const [loaded, setLoaded] = useState<{ places: Places; MapView: typeof import("./map").MapView } | null>(null);
  const [drawn, setDrawn] = useState(rows);
  const drawnAt = useRef(Date.now());
  useEffect(() => {
    let isWanted = true;
    Promise.all([get<Places>("/v1/map"), import("./map")]).then(
      ([places, { MapView }]) => isWanted && places.features.length > 0 && setLoaded({ places, MapView }),
      () => {}, // the table has it all
    );
    return () => {
      isWanted = false;
    };
  }, []);
  useEffect(() => {
    const draw = () => {
      drawnAt.current = Date.now();
      setDrawn(rows);
    };
    const timer = setTimeout(draw, Math.max(0, drawnAt.current + REDRAWN_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [rows]);
  const shades = useMemo(() => {
    const found = new Map<string, Shade>();
    for (const row of drawn) {
      const all = reach(row.counts);
      if (all.whole > 0) found.set(row.area, { step: step(all.lacks / all.whole), text: percent(all.lacks, all.whole) });
    }
    return found;
  }, [drawn]);
  const drawing = useMemo(() => {
    if (loaded === null) return null;
    const Map = loaded.MapView;
    const steps = [t("all reached"), t("below {share}", { share: "10%" }), t("below {share}", { share: "30%" }), t("below {share}", { share: "60%" }), t("more")];
    return (
      <Map
        label={t("Share of devices that are not reached, by area")}
        places={loaded.places}
        shades={shades}
        legend={{ title: t("Not reached"), steps }}
        hasOwnList
      />
    );
  }, [loaded, shades]);
  return drawing && <div class="areas-map">{drawing}</div>;
}
