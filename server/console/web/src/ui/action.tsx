// Something that is done at the hub from a page: what came of it is said in one place, near what was pressed.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../api";
import { heard } from "../i18n";
import { Notice, ProblemNotice } from "./notice";

export interface Action {
  /** Do it; true: it is done. `done` is what to say then. */
  run: (work: () => Promise<unknown>, done?: ComponentChildren) => Promise<boolean>;
  error: unknown;
  done: ComponentChildren;
  clear: () => void;
}

export function useAction(): Action {
  const [state, setState] = useState<{ error: unknown; done: ComponentChildren }>({ error: null, done: null });
  return {
    ...state,
    clear: () => setState({ error: null, done: null }),
    run: async (work, done) => {
      setState({ error: null, done: null });
      try {
        await work();
        setState({ error: null, done: done ?? null });
        return true;
      } catch (error) {
        setState({ error, done: null });
        return false;
      }
    },
  };
}

export function Outcome({ of: action }: { of: Action }) {
  if (action.error) return <ProblemNotice error={action.error} takesFocus />;
  return action.done ? <Notice kind="good">{action.done}</Notice> : null;
}

/** What the hub says is wrong with one member of what was sent, if it says so; `problem` is one that is about this member always. */
export function wrongWith(error: unknown, path: string, problem?: string): string | undefined {
  if (problem !== undefined && error instanceof Problem && error.name === problem) return heard(error.detail);
  const violations = (error as { violations?: readonly { path: string; problem: string }[] } | null)?.violations ?? [];
  const found = violations.find((one) => one.path === path || one.path.startsWith(`${path}.`) || one.path.startsWith(`${path}[`));
  return found && heard(found.problem);
}

/** Roles with commas between them; a role may have blanks in it. */
export const rolesOf = (text: string): string[] =>
  text
    .split(/[,;]/)
    .map((role) => role.trim())
    .filter((role) => role !== "");

/** Words with commas or blanks between them, as a list. */
export const listed = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== "");
