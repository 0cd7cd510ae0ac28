// The countries of the world (Natural Earth, 1:110m) as TopoJSON.
declare module "world-atlas/countries-110m.json" {
  import type { Topology, GeometryCollection } from "topojson-specification";
  const world: Topology<{ countries: GeometryCollection; land: GeometryCollection }>;
  export default world;
}
