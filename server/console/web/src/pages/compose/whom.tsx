// Whom it is for, or the same as the alert before.
import { t } from "../../i18n";
import { NOBODY } from "../../places";
import { AudiencePicker } from "../../ui/audience";
import { CheckField } from "../../ui/field";
import { Step, type StepProps } from "./step";

export function Whom({ working, change }: StepProps) {
  return (
    <Step number={4} title={t("Whom it is for")}>
      {working.replaces && (
        <CheckField
          label={t("The same as the alert before")}
          hint={t("Whoever got that one hears in any case that it is over.")}
          checked={working.audience === null}
          onValue={(isSame) => change({ audience: isSame ? null : NOBODY })}
        />
      )}
      {working.audience !== null && (
        <AudiencePicker value={working.audience} onValue={(audience) => change({ audience })} onPolygon={(polygon) => change({ polygon })} />
      )}
    </Step>
  );
}
