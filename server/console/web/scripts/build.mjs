// Bundles the console: TypeScript, styles and catalogues of words → ../static, each file named by its content and compressed
// beside itself, and a manifest that says which ones the shell needs.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { catalogues } from "./catalogue.mjs";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(dirname(web), "static");
const COMPRESSED = new Set([".js", ".css", ".svg", ".json"]);

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const made = await build({
  absWorkingDir: web,
  entryPoints: { main: "src/main.tsx", style: "src/styles/index.css" },
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "file" },
  plugins: [catalogues],
  metafile: true,
  logLevel: "warning",
});

const entry = (source) =>
  basename(Object.entries(made.metafile.outputs).find(([, output]) => output.entryPoint === source)[0]);
const icon = await readFile(join(web, "src", "icon.svg"));
const iconName = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
await writeFile(join(out, iconName), icon);
await writeFile(
  join(out, "manifest.json"),
  JSON.stringify({ script: entry("src/main.tsx"), style: entry("src/styles/index.css"), icon: iconName }, null, 1),
);
for (const name of await readdir(out)) {
  if (!COMPRESSED.has(extname(name)) || name === "manifest.json") continue;
  const bytes = await readFile(join(out, name));
  await writeFile(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  await writeFile(join(out, `${name}.br`), brotliCompressSync(bytes, { params: quality }));
}
