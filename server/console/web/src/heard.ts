// What the hub says is a sentence with values in it: which sentence some words are, and with which values.

export interface Recognised {
  sentence: string;
  values: Record<string, string>;
}

interface Pattern {
  sentence: string;
  names: readonly string[];
  form: RegExp;
}

let patterns: readonly Pattern[] = [];
const known = new Map<string, Recognised | null>();
const KNOWN_MAX = 2000;

const VALUE = /\{(\w+)\}/;
const fixed = (sentence: string): number => sentence.replace(/\{\w+\}/g, "").length;
const escaped = (words: string): string => words.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** From now on these are recognised; what fits several is the one with most words of its own. */
export function learn(sentences: readonly string[]): void {
  known.clear();
  patterns = [...sentences]
    .sort((one, other) => fixed(other) - fixed(one))
    .map((sentence) => {
      const parts = sentence.split(VALUE); // words, name, words, name, …, words
      const form = parts.map((part, at) => (at % 2 ? "(.*?)" : escaped(part))).join("");
      return { sentence, names: parts.filter((_, at) => at % 2), form: new RegExp(`^${form}$`, "su") };
    });
}

/** Which sentence these words are; null: none that is known. */
export function recognised(words: string): Recognised | null {
  let found = known.get(words);
  if (found === undefined) {
    found = look(words);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(words, found);
  }
  return found;
}

function look(words: string): Recognised | null {
  for (const { sentence, names, form } of patterns) {
    const match = form.exec(words);
    if (match) return { sentence, values: Object.fromEntries(names.map((name, at) => [name, match[at + 1]!])) };
  }
  return null;
}
