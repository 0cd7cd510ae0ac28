// Lets a page import a catalogue of words (gettext, .po): its messages, and which of a message's forms a number takes.
import { po } from "gettext-parser";
import { readFile } from "node:fs/promises";

export const catalogues = {
  name: "catalogues",
  setup(build) {
    build.onLoad({ filter: /\.po$/ }, async ({ path }) => {
      const { headers, translations } = po.parse(await readFile(path));
      const messages = {};
      for (const [context, entries] of Object.entries(translations)) {
        for (const { msgid, msgstr, comments } of Object.values(entries)) {
          const isDone = msgid !== "" && msgstr.every((form) => form !== "") && !comments?.flag?.includes("fuzzy");
          if (isDone) messages[context ? `${context}\u0004${msgid}` : msgid] = msgstr;
        }
      }
      const formula = /plural=([^;]+)/.exec(headers["Plural-Forms"] ?? "")?.[1] ?? "n != 1";
      if (!/^[n\d\s()!=<>&|?:%]+$/.test(formula)) throw new Error(`${path}: no formula of plural forms: ${formula}`);
      const contents = `export const messages = ${JSON.stringify(messages)};\nexport const form = (n) => Number(${formula});\n`;
      return { contents, loader: "js" };
    });
  },
};
