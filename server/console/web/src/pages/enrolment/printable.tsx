// The sheet that is printed and handed out.
import type { Schema } from "../../hub";
import { direction, t, tn } from "../../i18n";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { Page } from "../../ui/page";
import { Words } from "../../ui/words";
import type { Sheet } from "./common";

type Entry = Schema<"SheetEntryAnswer">;

/** The sheet: what is on the screen is what is printed, several to a page. */
export function Printable({ sheet, onClose }: { sheet: Sheet; onClose: () => void }) {
  return (
    <Page
      title={tn("{n} enrolment code", "{n} enrolment codes", sheet.entries.length)}
      intro={t("Shown this once. Print it now, hand each part to its own person, and keep no copy.")}
      actions={
        <>
          <Button kind="primary" onPress={() => print()}>
            {t("Print")}
          </Button>
          <Button onPress={onClose}>{t("Done")}</Button>
        </>
      }
    >
      {sheet.reports.map((report) => (
        <Notice key={report} kind="warning" title={report} />
      ))}
      <div class="sheet">
        {sheet.entries.map((entry) => (
          <Card key={entry.code} entry={entry} sheet={sheet} />
        ))}
      </div>
    </Page>
  );
}

function Card({ entry, sheet }: { entry: Entry; sheet: Sheet }) {
  const { words } = entry;
  const until = new Intl.DateTimeFormat(words.language, { dateStyle: "long" }).format(new Date(sheet.expires));
  return (
    <article class="sheet-card" lang={words.language} dir={direction(words.language)}>
      <Qr rows={entry.qr} label={t("QR code of {name}", { name: entry.name || entry.code })} />
      <h2>{words.title}</h2>
      {(entry.name || entry.reference) && (
        <p>
          <Words>{entry.name}</Words> {entry.reference && <code>{entry.reference}</code>}
        </p>
      )}
      <p class="sheet-code">
        <bdi dir="ltr">{entry.code}</bdi>
      </p>
      <p class="sheet-address">
        <bdi dir="ltr">{sheet.address}</bdi>
      </p>
      <ol>
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p>{words.once.replace("{until}", until)}</p>
    </article>
  );
}

/** A QR code with the white around it that readers need (ISO/IEC 18004). */
function Qr({ rows, label }: { rows: readonly string[]; label: string }) {
  const size = rows.length + 8;
  const path = rows
    .flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index! + 4} ${y + 4}h${run[0].length}v1h-${run[0].length}z`))
    .join("");
  return (
    <svg class="sheet-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
