// A file → what it would change, row by row → do it. Nothing is written before somebody has seen what.
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { ask, Problem } from "../api";
import type { Schema } from "../hub";
import { number, t, tn } from "../i18n";
import { useSession } from "../session";
import { Button } from "../ui/button";
import { RadioField } from "../ui/field";
import { Notice, ProblemNotice } from "../ui/notice";
import { Page } from "../ui/page";
import { Table } from "../ui/table";
import { Heard, Words } from "../ui/words";

type Answer = Schema<"ImportAnswer">;
type Kind = "areas" | "facilities" | "outlines" | "devices";

const TYPES: Record<Kind, string> = {
  areas: "text/csv",
  facilities: "text/csv",
  devices: "text/csv",
  outlines: "application/geo+json",
};

/** What is in a file. A browser refuses to read one that was changed after it was chosen. */
async function contentOf(file: File): Promise<Blob> {
  try {
    return new Blob([await file.arrayBuffer()]);
  } catch {
    throw new Problem(400, { type: "file", detail: t("The file was changed after it was chosen, or is gone. Choose it again.") });
  }
}

export default function ImportPage() {
  const { session } = useSession();
  const { query } = useLocation();
  const isBound = Boolean(session?.areas.length);
  const kinds = [
    { value: "areas", label: t("Areas"), hint: t("CSV with the columns code and name; perhaps kind, latitude, longitude.") },
    { value: "facilities", label: t("Facilities"), hint: t("CSV with the columns code and name; perhaps latitude, longitude. Each lies in an area.") },
    { value: "outlines", label: t("Outlines for the map"), hint: t("GeoJSON from a map program; a property of each feature holds the area's code.") },
    {
      value: "devices",
      label: t("Devices"),
      hint: t("CSV with the column reference; perhaps name, areas, facility, roles, languages, supervisor, phone."),
    },
  ].filter(({ value }) => value === "devices" || !isBound);
  const wished = kinds.find(({ value }) => value === query.kind)?.value;
  const [kind, setKind] = useState<Kind>((wished ?? kinds[0]!.value) as Kind);
  const [file, setFile] = useState<File | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<unknown>(null);
  const choose = (next: File | null) => {
    setFile(next);
    setAnswer(null);
    setError(null);
  };
  const send = async (dryRun: boolean) => {
    try {
      const options = { query: { dry_run: dryRun }, body: await contentOf(file!), type: TYPES[kind] };
      setAnswer((await ask<Answer>("POST", `/v1/imports/${kind}`, options)).body);
      setError(null);
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <Page title={t("Import")} intro={t("First you see what the file would change, and what is wrong with it. Nothing is written before you say so.")}>
      <RadioField
        label={t("What is in the file?")}
        value={kind}
        options={kinds}
        onValue={(value) => {
          setKind(value as Kind);
          setAnswer(null);
        }}
      />
      <div class="field">
        <label for="file">{t("File")}</label>
        <div class="hint" id="file-hint">
          {t("Headings may be English or French. Cells are separated by commas, semicolons or tabs, in UTF-8.")}{" "}
          <a href={`/v1/exports/${kind === "outlines" ? "areas" : kind}`} download>
            {t("Export what there is now, to begin with")}
          </a>
        </div>
        <input
          id="file"
          type="file"
          accept={kind === "outlines" ? ".geojson,.json" : ".csv,text/csv"}
          aria-describedby="file-hint"
          // without this a file that was corrected could not be chosen again under its own name
          onClick={(event) => {
            event.currentTarget.value = "";
            choose(null);
          }}
          onChange={(event) => choose(event.currentTarget.files?.[0] ?? null)}
        />
      </div>
      <div class="actions">
        <Button kind={answer ? "plain" : "primary"} disabled={file === null} onPress={() => send(true)}>
          {t("Look at what it would change")}
        </Button>
      </div>
      {Boolean(error) && <ProblemNotice error={error} />}
      {answer && <Preview answer={answer} onDo={() => send(false)} isDevices={kind === "devices"} />}
    </Page>
  );
}

function Preview({ answer, onDo, isDevices }: { answer: Answer; onDo: () => Promise<void>; isDevices: boolean }) {
  const isNothing = answer.new + answer.changed === 0;
  const isWrong = answer.error_count > 0;
  const counted = [
    tn("{n} new", "{n} new", answer.new),
    tn("{n} changed", "{n} changed", answer.changed),
    tn("{n} unchanged", "{n} unchanged", answer.unchanged),
  ].join(", ");
  return (
    <section aria-label={t("What the file changes")}>
      <h2>{t("What the file changes")}</h2>
      {answer.done && !isWrong && (
        <Notice kind="good" title={t("Imported: {counted}.", { counted })}>
          <p>
            {isDevices ? (
              <a href="/console/enrolment">{t("Print enrolment codes for those that are expected")}</a>
            ) : (
              <a href="/console/places">{t("Show areas and facilities")}</a>
            )}
          </p>
        </Notice>
      )}
      {answer.done && isWrong && <Notice kind="warning" title={t("Imported, but for what is listed here.")} />}
      {!answer.done && isWrong && (
        <Notice kind="error" title={tn("{n} error: nothing would be imported.", "{n} errors: nothing would be imported.", answer.error_count)}>
          <p>{t("Correct them in the file, and choose it again.")}</p>
        </Notice>
      )}
      {!answer.done && !isWrong && (
        <Notice kind={isNothing ? "good" : "info"} title={isNothing ? t("Everything is as the file says already.") : t("It would be: {counted}.", { counted })} />
      )}
      {answer.ignored.length > 0 && (
        <Notice kind="warning" title={t("These columns are not known, and not read: {columns}", { columns: answer.ignored.join(", ") })} />
      )}
      {answer.property && <p>{t("The property that holds the codes: {property}", { property: answer.property })}</p>}
      {answer.errors.length > 0 && (
        <Table
          caption={t("Errors")}
          rows={answer.errors}
          rowKey={(row) => `${row.row} ${row.column} ${row.problem}`}
          columns={[
            { key: "row", heading: t("Row"), isNumber: true, isName: true, cell: (row) => number(row.row) },
            { key: "column", heading: t("Column"), cell: (row) => <Words>{row.column}</Words> },
            { key: "value", heading: t("Value"), cell: (row) => <Words>{row.value}</Words> },
            { key: "problem", heading: t("What is wrong"), cell: (row) => <Heard>{row.problem}</Heard> },
            { key: "expected", heading: t("What would be right"), cell: (row) => <Heard>{row.expected}</Heard> },
          ]}
        />
      )}
      {!isWrong && answer.changes.length > 0 && (
        <>
          {!answer.done && (
            <div class="actions">
              <Button kind="primary" onPress={onDo}>
                {tn("Import {n} row", "Import {n} rows", answer.new + answer.changed)}
              </Button>
            </div>
          )}
          <Table
            caption={
              answer.changes.length < answer.new + answer.changed
                ? t("The first {n} of {all} changes", { n: answer.changes.length, all: answer.new + answer.changed })
                : t("Changes")
            }
            rows={answer.changes}
            rowKey={(row) => row.row}
            columns={[
              { key: "row", heading: t("Row"), isNumber: true, cell: (row) => number(row.row) },
              { key: "key", heading: t("Code or reference"), isName: true, cell: (row) => <code>{row.key}</code> },
              { key: "name", heading: t("Name"), cell: (row) => <Words>{row.name}</Words> },
              {
                key: "what",
                heading: t("What changes"),
                cell: (row) =>
                  row.is_new ? (
                    <span class="tag">{t("new")}</span>
                  ) : (
                    <ul class="plain">
                      {row.fields.map((field) => (
                        <li key={field.column}>
                          {field.column}: <del>{field.old || "–"}</del> <span aria-hidden="true">→</span>{" "}
                          <ins>
                            <Words>{field.new || "–"}</Words>
                          </ins>
                        </li>
                      ))}
                    </ul>
                  ),
              },
            ]}
          />
        </>
      )}
    </section>
  );
}
