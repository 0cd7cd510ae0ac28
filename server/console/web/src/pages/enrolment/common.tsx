// What both ways of making codes ask, and the sheet that they make.
import type { Schema } from "../../hub";
import { t, tn } from "../../i18n";
import { SelectField, TextField } from "../../ui/field";

export type Sheet = Schema<"SheetAnswer">;

export const A_REQUEST = 20;
export const CODES_MAX = 500;

const DAYS = [7, 14, 30, 60, 90];

export function Common(props: { address: string; onAddress: (value: string) => void; days: string; onDays: (value: string) => void }) {
  return (
    <div class="columns">
      <TextField
        label={t("Address of the hub")}
        hint={t("As devices reach it from outside; it is printed on the sheet.")}
        type="url"
        value={props.address}
        onValue={props.onAddress}
      />
      <SelectField
        label={t("How long the codes hold")}
        hint={t("Unused ones end by themselves.")}
        value={props.days}
        onValue={props.onDays}
        options={DAYS.map((days) => ({ value: String(days), label: tn("{n} day", "{n} days", days) }))}
      />
    </div>
  );
}
