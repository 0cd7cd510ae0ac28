// Areas and facilities: as a tree with a search, and on the map.
import { useEffect, useMemo, useState } from "preact/hooks";
import { get } from "../api";
import type { Schema } from "../hub";
import { number, t, tn } from "../i18n";
import { NOBODY, search, treeOf, type Area, type Node, type Places } from "../places";
import { isAtLeast, useSession } from "../session";
import { TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import type { Shade } from "../ui/map";
import { Notice, ProblemNotice } from "../ui/notice";
import { Page } from "../ui/page";
import { useReach } from "../ui/reach";
import { Words } from "../ui/words";

const EVERYONE = { ...NOBODY, everyone: true };
const SHOWN = 300;

export default function PlacesPage() {
  const { session } = useSession();
  const areas = useLoad<Schema<"AreaList">>("/v1/areas");
  const mayImport = isAtLeast(session, "administrator") && session!.areas.length === 0;
  return (
    <Page
      title={t("Areas and facilities")}
      intro={t("What alerts can be addressed to, and where it lies. An area includes all that lies below it.")}
      actions={
        <>
          {mayImport && (
            <a class="button button-primary" href="/console/import">
              {t("Import")}
            </a>
          )}
          <a class="button" href="/v1/exports/areas" download>
            {t("Export as CSV")}
          </a>
        </>
      }
    >
      <Loading of={areas}>
        {(body) =>
          body.areas.length === 0 ? (
            <Notice title={t("No areas have been imported yet.")}>
              <p>{t("Until then every code is taken, and nothing is checked. Import a table with the columns code and name.")}</p>
            </Notice>
          ) : (
            <Content areas={body.areas} />
          )
        }
      </Loading>
    </Page>
  );
}

function Content({ areas }: { areas: readonly Area[] }) {
  const { session } = useSession();
  const bound = session?.areas ?? [];
  // who is bound to areas asks for these: everyone is not theirs to look at
  const audience = useMemo(() => (bound.length ? { ...NOBODY, areas: bound } : EVERYONE), [bound.join()]);
  const reached = useReach(audience);
  const counts = useMemo(() => new Map(reached.reach?.areas.map(({ code, devices }) => [code, devices])), [reached.reach]);
  const [words, setWords] = useState("");
  const [picked, setPicked] = useState<string | null>(null);
  const facilities = areas.filter(({ kind }) => kind === "facility").length;
  const found = words.trim() ? search(areas, words, SHOWN) : null;
  const chosen = areas.find(({ code }) => code === picked);
  return (
    <>
      <p>
        {tn("{n} area", "{n} areas", areas.length - facilities)}, {tn("{n} facility", "{n} facilities", facilities)}
      </p>
      <div class="places">
        <section aria-label={t("List")}>
          <TextField label={t("Search areas and facilities")} type="search" value={words} onValue={setWords} />
          {found && (
            <p role="status" class="hint">
              {tn("{n} place found", "{n} places found", found.length)}
            </p>
          )}
          <ul class="tree-branch">
            {found
              ? found.map((area) => <Line key={area.code} area={area} counts={counts} />)
              : treeOf(areas).map((node, _, all) => <Branch key={node.area.code} node={node} counts={counts} isOpenAtFirst={all.length < 3} />)}
          </ul>
        </section>
        <section aria-label={t("Map")} class="places-map">
          <AreaMap counts={counts} picked={picked} onPick={setPicked} />
          {chosen && (
            <div class="card" role="status">
              <h2>
                <Words>{chosen.name}</Words>
              </h2>
              <p>
                <code>{chosen.code}</code> · {chosen.kind === "facility" ? t("facility") : t("area")} ·{" "}
                {tn("{n} device", "{n} devices", counts.get(chosen.code) ?? 0)}
              </p>
              <a href={`/console/devices?area=${encodeURIComponent(chosen.code)}`}>{t("Show its devices")}</a>
            </div>
          )}
        </section>
      </div>
    </>
  );
}

function Line({ area, counts }: { area: Area; counts: ReadonlyMap<string, number> }) {
  return (
    <li class="place">
      <Named area={area} counts={counts} />
    </li>
  );
}

function Named({ area, counts }: { area: Area; counts: ReadonlyMap<string, number> }) {
  return (
    <>
      <Words>{area.name}</Words> <code>{area.code}</code>
      {area.kind === "facility" && <span class="tag">{t("facility")}</span>}
      {counts.has(area.code) && (
        <a class="place-devices" href={`/console/devices?area=${encodeURIComponent(area.code)}`}>
          {tn("{n} device", "{n} devices", counts.get(area.code)!)}
        </a>
      )}
    </>
  );
}

function Branch(props: { node: Node; counts: ReadonlyMap<string, number>; isOpenAtFirst?: boolean }) {
  const { node, counts } = props;
  const [isOpen, setOpen] = useState(Boolean(props.isOpenAtFirst));
  if (node.children.length === 0)
    return (
      <li class="tree-row">
        <span class="tree-toggle" aria-hidden="true" />
        <span class="place">
          <Named area={node.area} counts={counts} />
        </span>
      </li>
    );
  return (
    <li>
      <div class="tree-row">
        <button
          type="button"
          class="tree-toggle"
          aria-expanded={isOpen}
          aria-label={isOpen ? t("Close {name}", { name: node.area.name }) : t("Open {name}", { name: node.area.name })}
          onClick={() => setOpen(!isOpen)}
        >
          <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
        </button>
        <span class="place">
          <Words>{node.area.name}</Words> <code>{node.area.code}</code>
          {counts.has(node.area.code) && (
            <a class="place-devices" href={`/console/devices?area=${encodeURIComponent(node.area.code)}`}>
              {tn("{n} device", "{n} devices", counts.get(node.area.code)!)}
            </a>
          )}
        </span>
      </div>
      {isOpen && (
        <ul class="tree-branch">
          {node.children.slice(0, SHOWN).map((child) => (
            <Branch key={child.area.code} node={child} counts={counts} />
          ))}
          {node.children.length > SHOWN && <li class="quiet">{t("{n} more: search for them.", { n: node.children.length - SHOWN })}</li>}
        </ul>
      )}
    </li>
  );
}

/** How many devices each place has, shaded. */
function AreaMap(props: { counts: ReadonlyMap<string, number>; picked: string | null; onPick: (code: string) => void }) {
  const [loaded, setLoaded] = useState<{ places: Places; MapView: typeof import("../ui/map").MapView } | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    Promise.all([get<Places>("/v1/map"), import("../ui/map")]).then(([places, { MapView }]) => setLoaded({ places, MapView }), setError);
  }, []);
  const outlined = (loaded?.places.features ?? []).filter(({ geometry }) => geometry.type !== "Point").map(({ properties }) => properties.code);
  // areas whose parts are drawn too are not shaded, and would make the scale too wide
  const parts = outlined.filter((code) => !outlined.some((other) => other.startsWith(`${code}-`)));
  const most = Math.max(1, ...(parts.length ? parts : [...props.counts.keys()]).map((code) => props.counts.get(code) ?? 0));
  const bounds = steps(most);
  const shades = useMemo(() => {
    const found = new Map<string, Shade>();
    for (const { properties } of loaded?.places.features ?? []) {
      const count = props.counts.get(properties.code) ?? 0;
      found.set(properties.code, { step: stepOf(count, bounds), text: number(count) });
    }
    return found;
  }, [loaded, props.counts]);
  if (error) return <ProblemNotice error={error} />;
  if (!loaded) return <p class="loading">{t("Loading…")}</p>;
  if (loaded.places.features.length === 0)
    return <Notice>{t("No area has an outline or a point yet: import outlines to see them on a map.")}</Notice>;
  const Drawn = loaded.MapView;
  return (
    <Drawn
      label={t("Map of areas and facilities")}
      places={loaded.places}
      shades={shades}
      legend={{ title: t("Devices"), steps: legendOf(bounds) }}
      selected={new Set(props.picked ? [props.picked] : [])}
      onPick={props.onPick}
    />
  );
}

/** The least count of each step above none. */
export const steps = (most: number): number[] =>
  [1, ...[1, 2, 3].map((quarter) => Math.ceil((most * quarter) / 4) + 1)].filter((bound, index, all) => bound <= most && bound !== all[index - 1]);

export const stepOf = (count: number, bounds: readonly number[]): Shade["step"] =>
  bounds.filter((bound) => count >= bound).length as Shade["step"];

const legendOf = (bounds: readonly number[]): string[] => [
  t("none"),
  ...bounds.map((bound, index) => {
    const next = bounds[index + 1];
    if (next === undefined) return t("{n} and more", { n: bound });
    return next - 1 === bound ? number(bound) : t("{from} to {to}", { from: bound, to: next - 1 });
  }),
];
