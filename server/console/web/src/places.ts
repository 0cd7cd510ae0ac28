// Areas and facilities as the pages use them: the tree that their codes make, and the map.
import type { FeatureCollection, MultiPolygon, Point, Polygon } from "geojson";
import type { Schema } from "./hub";

export type Area = Schema<"AreaAnswer">;
export type Places = FeatureCollection<Polygon | MultiPolygon | Point, { code: string; name: string; kind: string; point?: [number, number] }>;
/** Whom an alert is for. */
export interface Audience {
  areas: string[];
  roles: string[];
  devices: string[];
  everyone: boolean;
}

export const NOBODY: Audience = { areas: [], roles: [], devices: [], everyone: false };

/** The audience that the hub says, with everything that it may leave out. */
export const audienceOf = (said: Partial<Audience> | null | undefined): Audience => ({
  areas: [...(said?.areas ?? [])],
  roles: [...(said?.roles ?? [])],
  devices: [...(said?.devices ?? [])],
  everyone: said?.everyone ?? false,
});

/** A corner of a polygon, as CAP writes it. */
export type Corner = readonly [lat: number, lon: number];

export interface Node {
  area: Area;
  children: Node[];
}

/** Whether the area `above` is `code` itself or lies above it. */
export const contains = (above: string, code: string): boolean => code === above || code.startsWith(`${above}-`);

/** The nearest of these that lies above a code. */
function parentOf(code: string, known: ReadonlyMap<string, Node>): Node | undefined {
  for (let end = code.lastIndexOf("-"); end > 0; end = code.lastIndexOf("-", end - 1)) {
    const found = known.get(code.slice(0, end));
    if (found) return found;
  }
  return undefined;
}

/** The tree that codes make; `within`: only what somebody who is bound to these areas may choose. */
export function treeOf(areas: readonly Area[], within: readonly string[] = []): Node[] {
  const chosen = within.length ? areas.filter(({ code }) => within.some((own) => contains(own, code))) : areas;
  const known = new Map(chosen.map((area) => [area.code, { area, children: [] as Node[] }]));
  const roots: Node[] = [];
  for (const node of known.values()) (parentOf(node.area.code, known)?.children ?? roots).push(node);
  const byName = (one: Node, other: Node) => one.area.name.localeCompare(other.area.name);
  for (const node of known.values()) node.children.sort(byName);
  return roots.sort(byName);
}

/** A text without case and accents, to search in. */
export const folded = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Areas whose name or code has these words. */
export function search(areas: readonly Area[], words: string, most = 50): Area[] {
  const wanted = folded(words.trim());
  return areas.filter(({ code, name }) => folded(`${name} ${code}`).includes(wanted)).slice(0, most);
}

/** The fewest codes that stand for all of these. */
export function fewest(codes: readonly string[]): string[] {
  const found: string[] = [];
  for (const code of [...codes].sort()) if (!found.some((above) => contains(above, code))) found.push(code);
  return found;
}

/** A polygon as CAP 1.2 writes it: closed, latitude first. */
export const capPolygon = (corners: readonly Corner[]): string =>
  [...corners, corners[0]!].map(([lat, lon]) => `${lat},${lon}`).join(" ");
