// Until when it holds.
import { fromLocal, localAt } from "../../compose";
import { t, tn } from "../../i18n";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Step, type StepProps } from "./step";

const HOURS = [6, 12, 24, 48, 72, 168, 336];

export function UntilWhen({ working, change }: StepProps) {
  const isPast = working.expires !== "" && Date.parse(working.expires) <= Date.now();
  return (
    <Step number={5} title={t("Until when it holds")}>
      <div class="actions" role="group" aria-label={t("From now on, for")}>
        {HOURS.map((hours) => (
          <Button key={hours} onPress={() => change({ expires: localAt(Date.now() + hours * 3_600_000) })}>
            {hours < 48 ? tn("{n} hour", "{n} hours", hours) : tn("{n} day", "{n} days", hours / 24)}
          </Button>
        ))}
      </div>
      <TextField
        label={t("Holds until")}
        hint={t("In this computer's time. After that, devices show it as over.")}
        error={isPast ? t("That is over already.") : undefined}
        type="datetime-local"
        value={working.expires}
        onValue={(expires) => change({ expires })}
        required
      />
      {working.expires && <p class="hint">{t("As CAP writes it: {time}", { time: fromLocal(working.expires) })}</p>}
    </Step>
  );
}
