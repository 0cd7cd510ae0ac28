// Enrolment: the devices that are expected, fresh codes for some of them, and the sheet that is printed and handed out.
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { RadioField } from "../ui/field";
import { Page } from "../ui/page";
import type { Sheet } from "./enrolment/common";
import { ForAnybody } from "./enrolment/foranybody";
import { FromRoster } from "./enrolment/fromroster";
import { Printable } from "./enrolment/printable";

export default function EnrolmentPage() {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [how, setHow] = useState<"roster" | "anybody">("roster");
  if (sheet) return <Printable sheet={sheet} onClose={() => setSheet(null)} />;
  return (
    <Page
      title={t("Enrol devices")}
      intro={t("Make codes, print them, and hand them out in person: who has a code can enrol one device.")}
      actions={
        <a class="button" href="/console/import?kind=devices">
          {t("Import devices")}
        </a>
      }
    >
      <RadioField
        label={t("For whom are the codes?")}
        value={how}
        onValue={(value) => setHow(value as "roster" | "anybody")}
        options={[
          { value: "roster", label: t("For devices that were imported"), hint: t("Each gets its own name, areas and roles.") },
          { value: "anybody", label: t("For anybody"), hint: t("So many codes, all with the same areas and roles.") },
        ]}
      />
      {how === "roster" ? <FromRoster onSheet={setSheet} /> : <ForAnybody onSheet={setSheet} />}
    </Page>
  );
}
