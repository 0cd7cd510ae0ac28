// Collects the words of the pages, the first argument of t() and the first two of tn(), into ../locale/console.pot.
// With --check: prints what a catalogue lacks or has too much, and fails if there is anything.
import { po } from "gettext-parser";
import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const locale = join(dirname(web), "locale");

async function sources(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function collect() {
  const found = new Map();
  for (const file of await sources(join(web, "src"))) {
    const tree = ts.createSourceFile(file, await readFile(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    const visit = (node) => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && ["t", "tn"].includes(node.expression.text)) {
        const wanted = node.expression.text === "t" ? 1 : 2;
        const words = node.arguments.slice(0, wanted);
        if (words.every((word) => ts.isStringLiteral(word) || ts.isNoSubstitutionTemplateLiteral(word))) {
          const [one, many] = words.map((word) => word.text);
          const entry = found.get(one) ?? { msgid: one, files: new Set() };
          if (many !== undefined) entry.msgid_plural = many;
          entry.files.add(relative(web, file));
          found.set(one, entry);
        } else if (!file.endsWith("i18n.ts")) {
          const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
          console.error(`${relative(web, file)}:${line + 1}: t() and tn() take words as they stand; what stands in a table is said by said()`);
          process.exitCode = 1;
        }
      }
      const isSay = ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "say";
      if (isSay && ts.isStringLiteral(node.arguments[0])) {
        const word = node.arguments[0];
        const entry = found.get(word.text) ?? { msgid: word.text, files: new Set() };
        entry.files.add(relative(web, file));
        found.set(word.text, entry);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return found;
}

const found = await collect();
const files = (await readdir(locale, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => ({ language: entry.name, path: join(locale, entry.name, "LC_MESSAGES", "console.po") }));

if (process.argv.includes("--check")) {
  let wrong = 0;
  for (const { language, path } of files) {
    const { translations } = po.parse(await readFile(path));
    const known = translations[""] ?? {};
    for (const [msgid, { msgid_plural }] of found) {
      const entry = known[msgid];
      const isDone = entry && entry.msgstr.every((form) => form !== "") && (!msgid_plural || entry.msgstr.length > 1);
      if (!isDone || entry.comments?.flag?.includes("fuzzy")) console.log(`${language}: not translated: ${msgid}`), wrong++;
    }
    for (const msgid of Object.keys(known)) {
      if (msgid !== "" && !found.has(msgid)) console.log(`${language}: no page says: ${msgid}`), wrong++;
    }
  }
  if (wrong) process.exitCode = 1;
} else {
  for (const { language, path } of files) {
    const old = existsSync(path) ? po.parse(await readFile(path)) : { headers: {}, translations: {} };
    const kept = old.translations[""] ?? {};
    const entries = { "": kept[""] ?? { msgid: "", msgstr: [""] } };
    for (const [msgid, { msgid_plural, files: where }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const forms = msgid_plural ? 2 : 1;
      const msgstr = kept[msgid]?.msgstr?.length === forms ? kept[msgid].msgstr : Array(forms).fill("");
      entries[msgid] = { msgid, ...(msgid_plural && { msgid_plural }), msgstr, comments: { reference: [...where].join("\n") } };
    }
    const headers = { ...old.headers, "Content-Type": "text/plain; charset=utf-8", Language: language };
    await writeFile(path, po.compile({ charset: "utf-8", headers, translations: { "": entries } }, { foldLength: 0 }));
    const left = [...Object.values(entries)].filter((entry) => entry.msgid && entry.msgstr.some((form) => form === "")).length;
    console.log(`${language}: ${found.size} messages, ${left} not translated`);
  }
}
