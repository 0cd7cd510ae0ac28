// What happens, as it happens: one WebSocket for a page, which comes back by itself. What comes is taken up at once and drawn
// with the next frame, however much it is.
import { useEffect, useRef, useState } from "preact/hooks";
import { onSignedOutOf } from "./api";
import type { Schema } from "./hub";

export type Subject = { alert: number | string } | "situation";

export type Act = { device: string; name: string; areas: string[]; did: "seen" | "acknowledged" | "answered"; at: string };
export type Answers = Omit<Schema<"AnswersAnswer">, "next">;

export interface AlertState {
  progress: Schema<"ProgressAnswer">;
  areas_left_off: number;
  answers: Answers | null;
  latest: Act[];
}
export type SituationState = Schema<"SituationAnswer">;

/** Where the line to the hub stands. `at`: as of when what is shown is true (milliseconds, by this machine's clock). */
export interface Line {
  state: "opening" | "open" | "lost" | "refused";
  at: number | null;
  problem: { title?: string; detail?: string } | null;
}

const PROTOCOL = "tocsin.live.v1";
const SIGNED_OUT = 4401;
const SILENT_MS = 15_000;
const LATEST_MAX = 20;
const BACK_MS = [500, 1000, 2000, 4000, 8000, 15_000];

type Message = { type: "snapshot" | "change" | "beat" | "problem"; at?: string; problem?: Line["problem"] } & Record<string, any>;

/** The state of a subject, kept up to date; null until the first whole has come. */
export function useLive<State extends AlertState | SituationState>(subject: Subject): { state: State | null; line: Line } {
  const [, setTurn] = useState(0);
  const shown = useRef<{ state: State | null; line: Line }>({ state: null, line: { state: "opening", at: null, problem: null } });
  const key = JSON.stringify(subject);
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      if (frame === 0) frame = requestAnimationFrame(() => ((frame = 0), setTurn((turn) => turn + 1)));
    };
    shown.current = { state: null, line: { state: "opening", at: null, problem: null } };
    const end = connect(subject, (message, line) => {
      if (message?.type === "snapshot") shown.current.state = message as unknown as State;
      else if (message?.type === "change" && shown.current.state !== null)
        shown.current.state = changed(subject, shown.current.state, message) as State;
      shown.current.line = line;
      draw();
    });
    return () => {
      end();
      cancelAnimationFrame(frame);
    };
  }, [key]);
  return shown.current;
}

/** Follow a subject until the function that comes back is called. */
export function connect(subject: Subject, tell: (message: Message | null, line: Line) => void): () => void {
  let socket: WebSocket | null = null;
  let line: Line = { state: "opening", at: null, problem: null };
  let tries = 0;
  let isOver = false;
  let timer = 0;
  let watchdog = 0;
  const send = (message: Message | null, change: Partial<Line>) => tell(message, (line = { ...line, ...change }));
  const expect = () => {
    clearTimeout(watchdog);
    watchdog = window.setTimeout(() => socket?.close(), SILENT_MS); // a line that is cut silently closes late
  };
  const open = () => {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/live`, [PROTOCOL]);
    socket.onopen = () => {
      socket?.send(JSON.stringify({ watch: subject }));
      expect();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      expect();
      const message = JSON.parse(event.data) as Message;
      if (message.type === "problem") return send(null, { state: "refused", problem: message.problem ?? null });
      tries = 0;
      send(message, { state: "open", at: Date.now(), problem: null });
    };
    socket.onclose = (event) => {
      clearTimeout(watchdog);
      if (isOver) return;
      if (event.code === SIGNED_OUT) onSignedOutOf();
      if (line.state !== "refused") send(null, { state: "lost" });
      const wait = BACK_MS[Math.min(tries++, BACK_MS.length - 1)]!;
      timer = window.setTimeout(open, wait * (0.5 + Math.random() / 2));
    };
  };
  const hurry = () => {
    if (socket?.readyState === WebSocket.CLOSED && !isOver) {
      clearTimeout(timer);
      open();
    }
  };
  addEventListener("online", hurry);
  open();
  return () => {
    isOver = true;
    clearTimeout(timer);
    clearTimeout(watchdog);
    removeEventListener("online", hurry);
    socket?.close();
  };
}

/** A state with a change taken in. Rows that did not change stay the same objects, so that they are not drawn again. */
export function changed(subject: Subject, state: AlertState | SituationState, change: Message): AlertState | SituationState {
  return subject === "situation"
    ? changedSituation(state as SituationState, change)
    : changedAlert(state as AlertState, change);
}

const byLevel = (one: { area: string }, other: { area: string }): number =>
  one.area.split("-").length - other.area.split("-").length || (one.area < other.area ? -1 : 1);

function rows<Row>(before: readonly Row[], come: readonly Row[], gone: readonly unknown[], key: (row: Row) => unknown): Row[] {
  const found = new Map(before.map((row) => [key(row), row]));
  for (const row of come) found.set(key(row), row);
  for (const one of gone) found.delete(one);
  return [...found.values()];
}

function changedAlert(state: AlertState, change: Message): AlertState {
  const { progress } = state;
  const areas = rows(progress.areas, change.areas, change.gone, (row) => row.area);
  const known = new Set(state.latest.map((act) => `${act.device} ${act.did}`));
  const news = (change.latest as Act[]).filter((act) => !known.has(`${act.device} ${act.did}`));
  return {
    ...state,
    progress: {
      ...progress,
      at: change.at ?? progress.at,
      counts: change.counts,
      areas: areas.length === progress.areas.length ? areas : areas.sort(byLevel),
      step_seconds: change.step_seconds,
      points: [...progress.points.slice(0, change.points_from), ...change.points],
    },
    answers: change.answers === undefined ? state.answers : change.answers,
    latest: [...state.latest, ...news].slice(-LATEST_MAX),
  };
}

function changedSituation(state: SituationState, change: Message): SituationState {
  const next = { ...state, at: change.at ?? state.at };
  if (change.alerts.length || change.alerts_gone.length)
    next.alerts = rows(state.alerts, change.alerts, change.alerts_gone, (row) => row.number);
  if (change.areas.length || change.areas_gone.length)
    next.areas = rows(state.areas, change.areas, change.areas_gone, (row) => row.area).sort(byLevel);
  for (const name of ["alerts_left_off", "areas_left_off", "silent", "waiting", "failures"] as const)
    if (change[name] !== undefined) (next as Record<string, unknown>)[name] = change[name];
  return next;
}
