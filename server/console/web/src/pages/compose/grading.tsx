// How grave it is, how soon to act, how sure it is, and what it is about.
import { t } from "../../i18n";
import { GradingFields } from "../../ui/grading";
import { Step, type StepProps } from "./step";

export function Grading({ working, change }: StepProps) {
  return (
    <Step number={3} title={t("How grave it is")}>
      <GradingFields grading={working} onChange={change} />
    </Step>
  );
}
