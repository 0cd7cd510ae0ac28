// What a page reads from the hub before it can show anything, and what it shows meanwhile.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, type Query } from "../api";
import { t } from "../i18n";
import { ProblemNotice } from "./notice";

export interface Loaded<Body> {
  body: Body | null;
  error: unknown;
  isLoading: boolean;
  /** Read it anew; what is shown stays until the new is there. */
  reload: () => void;
}

/** Reads an address of the API, again whenever it changes; null: nothing yet. */
export function useLoad<Body>(path: string | null, query: Query = {}): Loaded<Body> {
  const [state, setState] = useState<{ body: Body | null; error: unknown; isLoading: boolean }>({
    body: null,
    error: null,
    isLoading: path !== null,
  });
  const [turn, setTurn] = useState(0);
  const shown = useRef<string | null>(null);
  const key = JSON.stringify([path, query]);
  useEffect(() => {
    if (path === null) return undefined;
    const aborting = new AbortController();
    setState((before) => ({ body: shown.current === path ? before.body : null, error: null, isLoading: true }));
    get<Body>(path, query, aborting.signal).then(
      (body) => {
        shown.current = path;
        setState({ body, error: null, isLoading: false });
      },
      (error: unknown) => {
        if (!aborting.signal.aborted) setState((before) => ({ ...before, error, isLoading: false }));
      },
    );
    return () => aborting.abort();
  }, [key, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return { ...state, reload };
}

/** The content once it is there; before that, that it is coming; else, why not. */
export function Loading<Body>(props: { of: Loaded<Body>; children: (body: Body) => ComponentChildren }) {
  const { body, error, isLoading } = props.of;
  return (
    <>
      {Boolean(error) && <ProblemNotice error={error} />}
      {isLoading && body === null && (
        <p class="loading" role="status">
          {t("Loading…")}
        </p>
      )}
      {body !== null && props.children(body)}
    </>
  );
}
