// Which kinds of events somebody is told: all that there are or will be, or those that are chosen.
import { EVENT_GROUPS, EVENT_KINDS, EVENT_MESSAGES } from "../events";
import { said, t } from "../i18n";
import { RadioField } from "./field";
import { ChoicesField } from "./grading";

/** `kinds` null: everything. */
export function KindsField(props: { kinds: readonly string[] | null; onKinds: (kinds: string[] | null) => void; error?: string | undefined }) {
  const { kinds, onKinds } = props;
  return (
    <>
      <RadioField
        label={t("What it is told")}
        value={kinds === null ? "all" : "chosen"}
        onValue={(value) => onKinds(value === "all" ? null : [])}
        options={[
          { value: "all", label: t("Everything that happens") },
          { value: "chosen", label: t("Only what is chosen here") },
        ]}
        error={props.error}
      />
      {kinds !== null &&
        EVENT_GROUPS.map(({ prefix, message }) => {
          const inside = EVENT_KINDS.filter((one) => one.startsWith(prefix));
          return (
            <ChoicesField
              key={prefix}
              label={said(message)}
              choices={inside.map((one) => ({ value: one, message: EVENT_MESSAGES[one], meaning: "" }))}
              chosen={kinds.filter((one) => one.startsWith(prefix))}
              onChosen={(chosen) => onKinds([...kinds.filter((one) => !one.startsWith(prefix)), ...chosen])}
            />
          );
        })}
    </>
  );
}
