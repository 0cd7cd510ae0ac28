// The draft behind the page of composing: kept at the hub a moment after each change, one write after another, and on this machine
// until the hub has it. Nothing that was written is lost by a bad line, a closed window, or somebody else's change.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, post, Problem, put } from "./api";
import { toContent, type Draft, type Working } from "./compose";

const PAUSE_MS = 800;
const RETRY_MS = 2000;
const KEPT_AS = "tocsin.unsaved";

export type SaveState = "clean" | "waiting" | "saving" | "offline" | "changed" | "refused";

export interface Saving {
  state: SaveState;
  draft: Draft | null;
  error: unknown;
  /** Write what is there now; the draft as the hub has it then, or null. */
  flush: () => Promise<Draft | null>;
  /** Take the newest version's place with what is written here. */
  overwrite: () => Promise<void>;
}

/** What was left on this machine unsaved, if it is of this draft ("new": one that the hub has never had). */
export function leftBehind(of: string): Working | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_AS) ?? "null") as { of: string; working: Working } | null;
    return kept?.of === of ? kept.working : null;
  } catch {
    return null;
  }
}

export const forgetLeftBehind = (): void => localStorage.removeItem(KEPT_AS);

export function useSaving(working: Working | null, loaded: Draft | null, onMade: (draft: Draft) => void): Saving {
  const draft = useRef<Draft | null>(loaded);
  const newest = useRef<Working | null>(working);
  const saved = useRef<string>(working ? JSON.stringify(toContent(working)) : "");
  /** What was sent without an answer: the hub may have it. */
  const unanswered = useRef<string | null>(null);
  const running = useRef<Promise<Draft | null> | null>(null);
  const [state, setState] = useState<SaveState>("clean");
  const [error, setError] = useState<unknown>(null);
  newest.current = working;

  const write = useCallback(async (): Promise<Draft | null> => {
    const content = newest.current && toContent(newest.current);
    const text = JSON.stringify(content);
    if (!content || text === saved.current) return draft.current;
    setState("saving");
    try {
      const before = draft.current;
      if (before && unanswered.current !== null) {
        const there = await get<Draft>(`/v1/drafts/${before.id}`);
        if (JSON.stringify(there.alert) === unanswered.current) draft.current = there; // our own words, whose answer was lost
        unanswered.current = null;
      }
      const known = draft.current;
      unanswered.current = JSON.stringify(content.alert);
      const kept = known
        ? await put<Draft>(`/v1/drafts/${known.id}`, { ...content, version: known.version })
        : await post<Draft>("/v1/drafts", content);
      unanswered.current = null;
      draft.current = kept;
      saved.current = text;
      setError(null);
      if (!before) onMade(kept);
      const isStill = newest.current && JSON.stringify(toContent(newest.current)) === text;
      if (isStill) forgetLeftBehind();
      setState(isStill ? "clean" : "waiting");
      return kept;
    } catch (problem) {
      setError(problem);
      if (problem instanceof Problem && problem.status >= 400 && problem.status < 500) unanswered.current = null;
      const isAway = problem instanceof Problem && (problem.status === 0 || problem.status >= 500);
      setState(isAway ? "offline" : problem instanceof Problem && problem.name === "draft-changed" ? "changed" : "refused");
      return null;
    }
  }, []);

  const flush = useCallback(async (): Promise<Draft | null> => {
    while (running.current) await running.current;
    running.current = write();
    try {
      return await running.current;
    } finally {
      running.current = null;
    }
  }, []);

  const text = working ? JSON.stringify(toContent(working)) : "";
  useEffect(() => {
    if (!working || text === saved.current) return undefined;
    localStorage.setItem(KEPT_AS, JSON.stringify({ of: draft.current ? String(draft.current.id) : "new", working }));
    if (state === "changed") return undefined;
    if (state !== "saving") setState("waiting");
    const timer = setTimeout(() => void flush(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (state !== "offline") return undefined;
    const again = () => void flush();
    const timer = setTimeout(again, RETRY_MS);
    addEventListener("online", again);
    return () => {
      clearTimeout(timer);
      removeEventListener("online", again);
    };
  }, [state]);
  useEffect(() => {
    if (state === "clean") return undefined;
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", leaving);
    return () => removeEventListener("beforeunload", leaving);
  }, [state === "clean"]);
  useEffect(() => () => void flush(), []); // another page of the console: what is not yet written is written now

  const overwrite = useCallback(async () => {
    const found = error instanceof Problem ? error.members.version : undefined;
    if (draft.current && typeof found === "number") draft.current = { ...draft.current, version: found };
    await flush();
  }, [error]);

  return { state, draft: draft.current, error, flush, overwrite };
}
