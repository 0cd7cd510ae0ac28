// A question to those who get it.
import { t } from "../../i18n";
import { QuestionFields } from "../../ui/question";
import { Step, type StepProps } from "./step";

export function Asking({ working, change }: StepProps) {
  return (
    <Step number={6} title={t("A question to answer")}>
      <QuestionFields question={working.question} languages={working.languages} onQuestion={(question) => change({ question })} />
    </Step>
  );
}
