// A template while it is written: what its page holds, from what the hub says and back to that.
import { BLANK_NAME, NO_TEXT, questionFrom, questionOf, TEXTS, textsFrom, type Question, type Template, type Text } from "./compose";
import type { Schema } from "./hub";
import { language as ownLanguage } from "./i18n";

type Body = Schema<"TemplateBody">;

export interface Writing {
  languages: string[];
  titles: Record<string, string>;
  texts: Record<string, Text>;
  /** Blank -> language -> what to ask. */
  blanks: Record<string, Record<string, string>>;
  category: string[];
  responseType: string[];
  urgency: string;
  severity: string;
  certainty: string;
  hours: string;
  question: Question | null;
}

/** What a template is called, in the language of whoever looks at it. */
export const titleOf = (template: Template): string => template.title[ownLanguage()] || template.title.en || Object.values(template.title)[0] || template.name;

export const nothing = (): Writing => ({
  languages: [ownLanguage()],
  titles: {},
  texts: { [ownLanguage()]: { ...NO_TEXT } },
  blanks: {},
  category: ["Health"],
  responseType: [],
  urgency: "",
  severity: "",
  certainty: "",
  hours: "24",
  question: null,
});

export const fromTemplate = (template: Template): Writing => ({
  languages: Object.keys(template.text),
  titles: { ...template.title },
  texts: textsFrom(template.text),
  blanks: { ...template.blanks },
  category: [...(template.category ?? [])],
  responseType: [...(template.response_type ?? [])],
  urgency: template.urgency,
  severity: template.severity,
  certainty: template.certainty,
  hours: String(template.holds_hours),
  question: questionFrom(template.question),
});

/** As the hub takes it; what is not right yet is said by the hub. */
export const toBody = (writing: Writing): Body => ({
  title: filled(writing.titles),
  text: Object.fromEntries(writing.languages.map((language) => [language, writing.texts[language] ?? NO_TEXT])),
  blanks: Object.fromEntries(blanksOf(writing).map((name) => [name, filled(writing.blanks[name] ?? {})])),
  category: writing.category as Body["category"],
  response_type: writing.responseType as Body["response_type"],
  urgency: writing.urgency as Body["urgency"],
  severity: writing.severity as Body["severity"],
  certainty: writing.certainty as Body["certainty"],
  holds_hours: Number(writing.hours),
  question: questionOf(writing.question, writing.languages) as Body["question"],
});

/** Without a language: its title and questions about blanks go with its words. */
export const withoutLanguage = (writing: Writing, language: string): Writing => ({
  ...writing,
  languages: writing.languages.filter((one) => one !== language),
  titles: without(writing.titles, language),
  blanks: Object.fromEntries(Object.entries(writing.blanks).map(([name, asked]) => [name, without(asked, language)])),
});

/** The blanks that stand in some text. */
export const used = (writing: Writing): string[] => [
  ...new Set(
    writing.languages.flatMap((language) =>
      TEXTS.flatMap((name) => [...(writing.texts[language] ?? NO_TEXT)[name].matchAll(BLANK_NAME)].map((found) => found[1]!)),
    ),
  ),
];

/** Those, and what is asked for though it stands in none. */
export const blanksOf = (writing: Writing): string[] => [...new Set([...used(writing), ...Object.keys(writing.blanks)])];

export const without = <Value>(all: Record<string, Value>, name: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(all).filter(([one]) => one !== name));

const filled = (words: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(words).filter(([, one]) => one.trim() !== ""));
