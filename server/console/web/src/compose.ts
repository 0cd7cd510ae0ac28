// An alert while it is written: what the page of composing holds, from a draft and back to one. What the page does not know of an
// alert (resources, codes, …) is kept as it is.
import type { Schema } from "./hub";
import { NOBODY, type Audience, type Corner } from "./places";

export type Draft = Schema<"DraftAnswer">;
export type Template = Schema<"TemplateAnswer">;
export type Estimate = Schema<"EstimateAnswer">;

export const TEXTS = ["event", "headline", "description", "instruction"] as const;
export type TextName = (typeof TEXTS)[number];
export type Text = Record<TextName, string>;

export interface Question {
  answer: string;
  text: Record<string, string>;
  choices: Record<string, string[]>;
  unit: Record<string, string>;
  min: number | null;
  max: number | null;
}

export interface Working {
  sender: string;
  status: string;
  note: string;
  languages: string[];
  texts: Record<string, Text>;
  where: Record<string, string>;
  category: string[];
  responseType: string[];
  urgency: string;
  severity: string;
  certainty: string;
  /** As a datetime-local field has it; empty: the hub's own length. */
  expires: string;
  contact: string;
  web: string;
  polygon: Corner[];
  audience: Audience | null;
  question: Question | null;
  replaces: { alert: string; by: "Update" | "Cancel" } | null;
  /** The alert and its infos as they came, for what is not above. */
  kept: Record<string, unknown>;
  keptInfos: Record<string, Record<string, unknown>>;
}

type Json = Record<string, unknown>;

export const NO_TEXT: Text = { event: "", headline: "", description: "", instruction: "" };

/** The texts with one of them changed, in a language that may have had none. */
export const withText = (texts: Record<string, Text>, language: string, name: TextName, words: string): Record<string, Text> => ({
  ...texts,
  [language]: { ...(texts[language] ?? NO_TEXT), [name]: words },
});

/** A blank in a text: {name}. */
export const BLANK_NAME = /\{(\w+)\}/g;

export const empty = (sender: string, language: string): Working => ({
  sender,
  status: "Actual",
  note: "",
  languages: [language],
  texts: { [language]: { ...NO_TEXT } },
  where: {},
  category: ["Health"],
  responseType: [],
  urgency: "",
  severity: "",
  certainty: "",
  expires: "",
  contact: "",
  web: "",
  polygon: [],
  audience: NOBODY,
  question: null,
  replaces: null,
  kept: {},
  keptInfos: {},
});

const word = (value: unknown): string => (typeof value === "string" ? value : "");
const words = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : []);
const objects = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((one): one is Json => typeof one === "object" && one !== null && !Array.isArray(one)) : [];

/** A draft as the page holds it. */
export function fromContent(content: { alert: Json; audience: unknown; question: unknown; replaces: unknown }, language: string): Working {
  const { alert } = content;
  const infos = objects(alert.info);
  const first = infos[0] ?? {};
  const working = empty(word(alert.sender), language);
  const languages = infos.map((info) => word(info.language) || "en-US");
  const area = objects(first.area)[0];
  return {
    ...working,
    status: word(alert.status) || "Actual",
    note: word(alert.note),
    languages: languages.length > 0 ? languages : [language],
    texts:
      infos.length > 0
        ? Object.fromEntries(infos.map((info, at) => [languages[at], Object.fromEntries(TEXTS.map((name) => [name, word(info[name])])) as Text]))
        : working.texts,
    where: Object.fromEntries(infos.map((info, at) => [languages[at], word(objects(info.area)[0]?.areaDesc)])),
    category: infos.length > 0 ? words(first.category) : working.category,
    responseType: words(first.responseType),
    urgency: word(first.urgency),
    severity: word(first.severity),
    certainty: word(first.certainty),
    expires: toLocal(word(first.expires)),
    contact: word(first.contact),
    web: word(first.web),
    polygon: cornersOf(words(area?.polygon)[0]),
    audience: (content.audience as Audience | null) ?? (content.replaces ? null : NOBODY),
    question: questionFrom(content.question),
    replaces: content.replaces as Working["replaces"],
    kept: alert,
    keptInfos: Object.fromEntries(infos.map((info, at) => [languages[at], info])),
  };
}

/** As a draft holds it. */
export function toContent(working: Working): { alert: Json; audience: Audience | null; question: Json | null; replaces: Working["replaces"] } {
  const isCancel = working.replaces?.by === "Cancel";
  const infos = working.languages.map((language) => infoOf(working, language));
  const head: Json = working.replaces
    ? { sender: working.sender }
    : { sender: working.sender, status: working.status, msgType: word(working.kept.msgType) || "Alert", scope: word(working.kept.scope) || "Public" };
  const hasWords = working.languages.some((language) => TEXTS.some((name) => working.texts[language]?.[name]));
  const alert = without({ ...working.kept, ...head, note: working.note, info: isCancel && !hasWords ? [] : infos });
  return { alert, audience: working.audience, question: questionOf(working.question, working.languages), replaces: working.replaces };
}

function infoOf(working: Working, language: string): Json {
  const where = working.where[language] || Object.values(working.where).find(Boolean) || "";
  const old = working.keptInfos[language] ?? {};
  const area: Json = { ...(objects(old.area)[0] ?? {}), areaDesc: where };
  area.polygon = working.polygon.length >= 3 ? [polygonOf(working.polygon)] : [];
  const isPlace = where !== "" || working.polygon.length >= 3;
  return without({
    ...old,
    language,
    category: working.category,
    responseType: working.responseType,
    urgency: working.urgency,
    severity: working.severity,
    certainty: working.certainty,
    expires: fromLocal(working.expires),
    contact: working.contact,
    web: working.web,
    ...(working.texts[language] ?? NO_TEXT),
    area: isPlace ? [without(area), ...objects(old.area).slice(1)] : [],
    // the question of an alert that is replaced is over; the new one stands beside
    parameter: objects(old.parameter).filter((one) => !word(one.valueName).startsWith("tocsin.")),
  });
}

/** A question as the hub says it, with everything that it may leave out. */
export function questionFrom(given: unknown): Question | null {
  const said = given as Partial<Question> | null | undefined;
  if (!said) return null;
  return { answer: said.answer ?? "yes-no", text: said.text ?? {}, choices: said.choices ?? {}, unit: said.unit ?? {}, min: said.min ?? null, max: said.max ?? null };
}

/** A question as the hub takes it, in these languages. */
export function questionOf(question: Question | null, languages: readonly string[]): Json | null {
  if (!question) return null;
  const spoken = <Value>(said: Record<string, Value>, isSaid: (value: Value) => boolean): Record<string, Value> =>
    Object.fromEntries(Object.entries(said).filter(([language, value]) => languages.includes(language) && isSaid(value)));
  const isNumber = question.answer === "number";
  const choices = Object.fromEntries(Object.entries(question.choices).map(([language, all]) => [language, all.filter((one) => one.trim() !== "")]));
  return {
    answer: question.answer,
    text: spoken(question.text, Boolean),
    ...(question.answer === "one-of" ? { choices: spoken(choices, (all) => all.length > 0) } : {}),
    ...(isNumber ? { unit: spoken(question.unit, Boolean), min: question.min, max: question.max } : {}),
  };
}

/** What is empty is left out: an empty text in CAP is one that is there. */
const without = (value: Json): Json =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== "" && one !== null && one !== undefined && !(Array.isArray(one) && one.length === 0)));

/** A template's words, with everything that it may leave out. */
export const textsFrom = (said: Template["text"]): Record<string, Text> =>
  Object.fromEntries(Object.entries(said).map(([language, text]) => [language, { ...NO_TEXT, ...text }]));

/** An alert with a template's words in the place of its own, in the languages that the template has. */
export function withTemplate(working: Working, template: Template, now: number): Working {
  const languages = Object.keys(template.text);
  return {
    ...working,
    languages,
    texts: textsFrom(template.text),
    category: [...(template.category ?? [])],
    responseType: [...(template.response_type ?? [])],
    urgency: template.urgency,
    severity: template.severity,
    certainty: template.certainty,
    expires: localAt(now + template.holds_hours * 3_600_000),
    question: questionFrom(template.question),
  };
}

/** The blanks that nobody has filled yet, by language. */
export function blanksIn(working: Working, language: string): string[] {
  const text = working.texts[language] ?? NO_TEXT;
  return [...new Set(TEXTS.flatMap((name) => [...text[name].matchAll(BLANK_NAME)].map((found) => found[1]!)))];
}

/** The texts of a language with blanks filled; those without words stay. */
export function filledIn(text: Text, words: Record<string, string>): Text {
  const fill = (said: string): string => said.replace(BLANK_NAME, (whole, name: string) => words[name]?.trim() || whole);
  return Object.fromEntries(TEXTS.map((name) => [name, fill(text[name])])) as Text;
}

// -- times and shapes ---------------------------------------------------------------------------------------------------

/** A moment in the browser's time, as a datetime-local field has it. */
export function localAt(milliseconds: number): string {
  const at = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export const toLocal = (text: string): string => {
  const at = Date.parse(text);
  return Number.isNaN(at) ? "" : localAt(at);
};

/** As CAP writes it: in UTC, without a Z (CAP 1.2 §3.3.2). */
export function fromLocal(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? "" : `${new Date(at).toISOString().slice(0, 19)}+00:00`;
}

/** A drawing as CAP writes it: the ring is closed. */
export const polygonOf = (corners: readonly Corner[]): string =>
  [...corners, corners[0]!].map(([lat, lon]) => `${lat.toFixed(4)},${lon.toFixed(4)}`).join(" ");

function cornersOf(text: string | undefined): Corner[] {
  const pairs = (text ?? "").split(" ").map((pair) => pair.split(",").map(Number));
  return pairs.slice(0, -1).flatMap(([lat, lon]) => (lat === undefined || lon === undefined ? [] : [[lat, lon] as const]));
}
