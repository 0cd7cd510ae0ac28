// The tree of areas and facilities, with a search: branches open and close, and a box says that all below is meant too.
import { useMemo, useState } from "preact/hooks";
import { t, tn } from "../i18n";
import { contains, search, treeOf, type Area, type Node } from "../places";
import { TextField } from "./field";
import { Words } from "./words";

/** Children that are shown at once; a district may have hundreds of facilities. */
const SHOWN = 200;

export function AreaTree(props: {
  areas: readonly Area[];
  /** Only these, and what lies below, can be chosen; none: all. */
  within?: readonly string[];
  selected: readonly string[];
  onToggle: (code: string) => void;
  counts?: ReadonlyMap<string, number>;
}) {
  const [words, setWords] = useState("");
  const roots = useMemo(() => treeOf(props.areas, props.within), [props.areas, props.within]);
  const allowed = useMemo(
    () => (props.within?.length ? props.areas.filter(({ code }) => props.within!.some((own) => contains(own, code))) : props.areas),
    [props.areas, props.within],
  );
  const found = useMemo(() => (words.trim() ? search(allowed, words) : null), [allowed, words]);
  return (
    <div class="tree">
      <TextField label={t("Search areas and facilities")} type="search" value={words} onValue={setWords} />
      {found === null ? (
        <ul class="tree-branch">
          {roots.map((node) => (
            <Branch key={node.area.code} node={node} isOpenAtFirst={roots.length < 3} {...props} />
          ))}
        </ul>
      ) : (
        <>
          <p role="status" class="hint">
            {tn("{n} place found", "{n} places found", found.length)}
          </p>
          <ul class="tree-branch">
            {found.map((area) => (
              <li key={area.code}>
                <Choice area={area} {...props} />
              </li>
            ))}
          </ul>
        </>
      )}
      {allowed.length === 0 && <p class="quiet">{t("No areas have been imported yet.")}</p>}
    </div>
  );
}

interface Chosen {
  selected: readonly string[];
  onToggle: (code: string) => void;
  counts?: ReadonlyMap<string, number>;
}

function Branch({ node, isOpenAtFirst, ...chosen }: { node: Node; isOpenAtFirst?: boolean } & Chosen) {
  const [isOpen, setOpen] = useState(Boolean(isOpenAtFirst));
  const { area, children } = node;
  return (
    <li>
      <div class="tree-row">
        {children.length > 0 ? (
          <button
            type="button"
            class="tree-toggle"
            aria-expanded={isOpen}
            aria-label={isOpen ? t("Close {name}", { name: area.name }) : t("Open {name}", { name: area.name })}
            onClick={() => setOpen(!isOpen)}
          >
            <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
          </button>
        ) : (
          <span class="tree-toggle" aria-hidden="true" />
        )}
        <Choice area={area} {...chosen} />
      </div>
      {isOpen && (
        <ul class="tree-branch">
          {children.slice(0, SHOWN).map((child) => (
            <Branch key={child.area.code} node={child} {...chosen} />
          ))}
          {children.length > SHOWN && <li class="quiet">{t("{n} more: search for them.", { n: children.length - SHOWN })}</li>}
        </ul>
      )}
    </li>
  );
}

function Choice({ area, selected, onToggle, counts }: { area: Area } & Chosen) {
  const own = selected.includes(area.code);
  const above = !own && selected.some((code) => contains(code, area.code));
  const count = counts?.get(area.code);
  return (
    <label class="tree-choice">
      <input type="checkbox" checked={own || above} disabled={above} onChange={() => onToggle(area.code)} />
      <span>
        <Words>{area.name}</Words> <code>{area.code}</code>
        {area.kind === "facility" && <span class="tag">{t("facility")}</span>}
        {count !== undefined && <span class="quiet"> {tn("{n} device", "{n} devices", count)}</span>}
        {above && <span class="quiet"> {t("(within a chosen area)")}</span>}
      </span>
    </label>
  );
}
