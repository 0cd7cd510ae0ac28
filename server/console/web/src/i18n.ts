// The words of the pages in the language of whoever looks at them. The pages are written in English; a catalogue
// (../locale/<language>/LC_MESSAGES/console.po) says each message in another language.

import { learn, recognised } from "./heard";

type Catalogue = { messages: Record<string, string[]>; form: (count: number) => number };
type Values = Record<string, string | number>;

const CATALOGUES: Record<string, () => Promise<Catalogue>> = {
  en: async () => ({ messages: {}, form: (count) => Number(count !== 1) }),
  fr: () => import("../../locale/fr/LC_MESSAGES/console.po"),
};

export const LANGUAGES: readonly { tag: string; name: string }[] = [
  { tag: "en", name: "English" },
  { tag: "fr", name: "Français" },
];

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi", "dv", "ckb"]);
const KEPT_AS = "tocsin.language";

let current = "en";
let catalogue: Catalogue = { messages: {}, form: (count) => Number(count !== 1) };

/** The language in use (BCP 47). */
export const language = (): string => current;

/** Which way a language is written. */
export function direction(tag: string): "rtl" | "ltr" {
  return RIGHT_TO_LEFT.has(tag.split("-")[0]!.toLowerCase()) ? "rtl" : "ltr";
}

/** The language that was chosen on this machine, else the first of the browser's that there are words in. */
export function preferred(): string {
  const wished = [localStorage.getItem(KEPT_AS) ?? "", ...navigator.languages].map((tag) => tag.split("-")[0]!.toLowerCase());
  return wished.find((tag) => tag in CATALOGUES) ?? "en";
}

/** Say everything in another language from now on; what is on the page must be drawn again. */
export async function speak(tag: string, keep = false): Promise<void> {
  catalogue = await CATALOGUES[tag in CATALOGUES ? tag : "en"]!();
  current = tag in CATALOGUES ? tag : "en";
  if (current !== "en") learn((await import("./hubwords")).HUB_WORDS);
  if (keep) localStorage.setItem(KEPT_AS, current);
  document.documentElement.lang = current;
  document.documentElement.dir = direction(current);
}

/** Marks words that stand in a table, and are said later by `said`. */
export const say = (message: string): string => message;

/** The words, with {names} filled in. */
export function t(message: string, values: Values = {}): string {
  return filled(catalogue.messages[message]?.[0] ?? message, values);
}

/** The words that a table has. */
export const said = (message: string, values: Values = {}): string => t(message, values);

/** What the hub said, which speaks English, in the language in use; what is no sentence of its table stays as it is. */
export function heard(words: string): string {
  const found = current === "en" ? null : recognised(words);
  if (!found) return words;
  const values = Object.entries(found.values).map(([name, value]) => [name, heard(value)]);
  return said(found.sentence, Object.fromEntries(values));
}

/** Whether what the hub said can be said in the language in use. */
export const isHeard = (words: string): boolean => current === "en" || recognised(words) !== null;

/** The words for a number of things: {n} is that number as people write it. */
export function tn(one: string, many: string, count: number, values: Values = {}): string {
  const forms = catalogue.messages[one] ?? [one, many];
  return filled(forms[catalogue.form(count)] ?? many, { n: number(count), ...values });
}

function filled(words: string, values: Values): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : isolated(value);
  });
}

const MAY_TURN = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Text from elsewhere within a sentence: where it may turn the line around it stands in a first strong isolate (Unicode UAX #9). */
const isolated = (words: string): string =>
  MAY_TURN.test(words) || direction(current) === "rtl" ? `\u2068${words}\u2069` : words;

/** A number as people write it. */
export const number = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  new Intl.NumberFormat(current, options).format(value);

/** A part of a whole, in percent. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : number(part / whole, { style: "percent", maximumFractionDigits: 0 });

/** A moment as date and time; `value` is what the API says (RFC 3339) or milliseconds. */
export const moment = (value: string | number): string =>
  new Intl.DateTimeFormat(current, { dateStyle: "medium", timeStyle: "short" }).format(new Date(value));

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** How long ago, or how soon: "3 hours ago". */
export function ago(value: string | number, now = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[UNITS.length - 1]!;
  return new Intl.RelativeTimeFormat(current, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** A language's own name in the language in use. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([current], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
