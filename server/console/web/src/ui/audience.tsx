// Whom an alert is for: areas and facilities from the tree or from a drawing on the map, roles, devices, or everyone; and at once
// how many devices that is and when each was last heard of.
import { useEffect, useMemo, useState } from "preact/hooks";
import { get, post } from "../api";
import type { Schema } from "../hub";
import { t, tn } from "../i18n";
import { contains, fewest, type Area, type Audience, type Corner, type Places } from "../places";
import { useSession } from "../session";
import { AreaTree } from "./areatree";
import { Button } from "./button";
import { CheckField, TextField } from "./field";
import { Loading, useLoad } from "./load";
import { Notice, ProblemNotice } from "./notice";
import { ReachView, useReach, type Reached } from "./reach";
import { Words } from "./words";

type Within = Schema<"WithinAnswer">;
type Device = Schema<"DeviceAnswer">;

export interface Drawing {
  corners: Corner[];
}

export function AudiencePicker(props: {
  value: Audience;
  onValue: (value: Audience) => void;
  /** What was drawn last, for CAP's area.polygon; empty again when the drawing is taken back. */
  onPolygon?: (corners: Corner[]) => void;
  /** Told whenever the hub has said whom the audience reaches. */
  onReach?: (reached: Reached) => void;
}) {
  const areas = useLoad<Schema<"AreaList">>("/v1/areas");
  return <Loading of={areas}>{(body) => <Picker {...props} areas={body.areas} />}</Loading>;
}

function Picker(props: {
  value: Audience;
  onValue: (value: Audience) => void;
  onPolygon?: (corners: Corner[]) => void;
  onReach?: (reached: Reached) => void;
  areas: readonly Area[];
}) {
  const { value, onValue, areas } = props;
  const { session } = useSession();
  const bound = session?.areas ?? [];
  const reached = useReach(value);
  useEffect(() => props.onReach?.(reached), [reached]);
  const [isDrawing, setDrawing] = useState(false);
  const counts = useMemo(() => new Map(reached.reach?.areas.map(({ code, devices }) => [code, devices])), [reached.reach]);
  const names = useMemo(() => new Map(areas.map(({ code, name }) => [code, name])), [areas]);
  const toggleArea = (code: string) =>
    onValue({
      ...value,
      everyone: false,
      areas: value.areas.includes(code)
        ? value.areas.filter((one) => one !== code)
        : [...value.areas.filter((one) => !contains(code, one)), code],
    });
  const toggle = (list: "roles" | "devices", one: string) =>
    onValue({
      ...value,
      everyone: false,
      [list]: value[list].includes(one) ? value[list].filter((other) => other !== one) : [...value[list], one],
    });
  return (
    <div class="audience">
      <div class="audience-choose">
        {bound.length === 0 ? (
          <CheckField
            label={t("Everyone: every device of this hub")}
            checked={value.everyone}
            onValue={(everyone) => onValue({ areas: [], roles: [], devices: [], everyone })}
          />
        ) : (
          <p class="hint">{t("You address {areas} and what lies in there.", { areas: bound.join(", ") })}</p>
        )}
        {!value.everyone && (
          <>
            <fieldset>
              <legend>
                <h3>{t("Areas and facilities")}</h3>
              </legend>
              <AreaTree areas={areas} within={bound} selected={value.areas} onToggle={toggleArea} counts={counts} />
              <Button onPress={() => setDrawing(!isDrawing)}>{isDrawing ? t("Close the map") : t("Draw on a map")}</Button>
              {isDrawing && (
                <DrawnAreas
                  value={value}
                  onAreas={(codes) => onValue({ ...value, everyone: false, areas: fewest([...value.areas, ...codes]) })}
                  {...(props.onPolygon ? { onPolygon: props.onPolygon } : {})}
                />
              )}
            </fieldset>
            <Roles reached={reached} value={value} onToggle={(role) => toggle("roles", role)} />
            <Devices value={value} onToggle={(device) => toggle("devices", device)} />
          </>
        )}
      </div>
      <section class="audience-reach card" aria-label={t("Whom it reaches")}>
        <h3>{t("Whom it reaches")}</h3>
        <Chosen value={value} names={names} onArea={toggleArea} onToggle={toggle} />
        <ReachView reached={reached} />
      </section>
    </div>
  );
}

function Chosen(props: {
  value: Audience;
  names: ReadonlyMap<string, string>;
  onArea: (code: string) => void;
  onToggle: (list: "roles" | "devices", one: string) => void;
}) {
  const { value, names } = props;
  if (value.everyone) return <p>{t("Everyone")}</p>;
  const chips = [
    ...value.areas.map((code) => ({ key: `a${code}`, words: names.get(code) ?? code, remove: () => props.onArea(code) })),
    ...value.roles.map((role) => ({ key: `r${role}`, words: role, remove: () => props.onToggle("roles", role) })),
    ...value.devices.map((device) => ({ key: `d${device}`, words: device, remove: () => props.onToggle("devices", device) })),
  ];
  if (chips.length === 0) return <Notice kind="warning">{t("Nobody is addressed yet.")}</Notice>;
  return (
    <>
      <ul class="chips">
        {chips.map(({ key, words, remove }) => (
          <li key={key}>
            <Words>{words}</Words>
            <button type="button" class="chip-remove" aria-label={t("Take {name} out", { name: words })} onClick={remove}>
              <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
      {value.areas.length > 0 && value.roles.length > 0 && (
        <p class="hint">{t("Both hold: a device must be in one of the areas and have one of the roles.")}</p>
      )}
    </>
  );
}

function Roles({ reached, value, onToggle }: { reached: Reached; value: Audience; onToggle: (role: string) => void }) {
  const known = reached.reach?.roles ?? [];
  const all = [...known, ...value.roles.filter((role) => !known.some((one) => one.role === role)).map((role) => ({ role, devices: 0 }))];
  return (
    <fieldset>
      <legend>
        <h3>{t("Roles")}</h3>
      </legend>
      {all.length === 0 && <p class="quiet">{t("No device has a role yet.")}</p>}
      {all.map(({ role, devices }) => (
        <CheckField
          key={role}
          label={
            <>
              <Words>{role}</Words> <span class="quiet">{tn("{n} device", "{n} devices", devices)}</span>
            </>
          }
          checked={value.roles.includes(role)}
          onValue={() => onToggle(role)}
        />
      ))}
    </fieldset>
  );
}

function Devices({ value, onToggle }: { value: Audience; onToggle: (device: string) => void }) {
  const [words, setWords] = useState("");
  const found = useLoad<Schema<"DeviceList">>(words.trim().length > 1 ? "/v1/devices" : null, {
    text: words.trim(),
    revoked: false,
    limit: 20,
  });
  return (
    <details class="audience-devices" open={value.devices.length > 0}>
      <summary>
        <h3>{t("Single devices")}</h3>
      </summary>
      <TextField
        label={t("Search devices")}
        hint={t("By name, number or telephone, at least two characters.")}
        type="search"
        value={words}
        onValue={setWords}
      />
      <Loading of={found}>
        {({ devices, total }) => (
          <>
            <p role="status" class="hint">
              {tn("{n} device found", "{n} devices found", total)}
            </p>
            {devices.map((device: Device) => (
              <CheckField
                key={device.device}
                label={
                  <>
                    <Words>{device.name}</Words> <span class="quiet">{[device.reference, ...device.areas].filter(Boolean).join(", ")}</span>
                  </>
                }
                checked={value.devices.includes(device.device)}
                onValue={() => onToggle(device.device)}
              />
            ))}
          </>
        )}
      </Loading>
    </details>
  );
}

/** Of areas that are only touched, those of which no part is touched too: the part is what is meant. */
const finest = (areas: readonly Area[]): Area[] =>
  areas.filter(({ code }) => !areas.some((other) => other.code !== code && contains(code, other.code)));

/** A drawing, and what lies in it: what is inside is taken at once, what is only touched one by one. */
function DrawnAreas(props: { value: Audience; onAreas: (codes: string[]) => void; onPolygon?: (corners: Corner[]) => void }) {
  // the code of the map comes with the first drawing, not with the page
  const [loaded, setLoaded] = useState<{ places: Places; MapDraw: typeof import("./mapdraw").MapDraw } | null>(null);
  const [corners, setCorners] = useState<Corner[]>([]);
  const [within, setWithin] = useState<Within | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    Promise.all([get<Places>("/v1/map"), import("./mapdraw")]).then(
      ([places, { MapDraw }]) => setLoaded({ places, MapDraw }),
      setError,
    );
  }, []);
  const draw = (next: Corner[]) => {
    setCorners(next);
    setWithin(null);
    props.onPolygon?.(next.length >= 3 ? next : []);
  };
  const look = async () => {
    try {
      const found = await post<Within>("/v1/areas/within", { polygon: corners });
      setError(null);
      setWithin(found);
      props.onAreas(found.audience);
    } catch (problem) {
      setError(problem);
    }
  };
  const selected = useMemo(() => new Set(props.value.areas), [props.value.areas]);
  return (
    <div class="audience-map">
      {Boolean(error) && <ProblemNotice error={error} takesFocus />}
      {loaded ? (
        <loaded.MapDraw
          label={t("Map to draw whom the alert is for")}
          places={loaded.places}
          corners={corners}
          onCorners={draw}
          selected={selected}
        />
      ) : (
        !error && <p class="loading">{t("Loading…")}</p>
      )}
      <Button kind="primary" disabled={corners.length < 3} onPress={look}>
        {t("Take the areas inside")}
      </Button>
      {within && (
        <div role="status">
          <p>
            {tn("{n} place lies inside.", "{n} places lie inside.", within.inside.length)}{" "}
            {within.touched.length > 0 && t("These lie inside only in part; take those that you mean:")}
          </p>
          {finest(within.touched).map((area) => (
            <CheckField
              key={area.code}
              label={
                <>
                  <Words>{area.name}</Words> <code>{area.code}</code>
                </>
              }
              checked={props.value.areas.some((code) => contains(code, area.code))}
              onValue={() => props.onAreas([area.code])}
            />
          ))}
        </div>
      )}
    </div>
  );
}
