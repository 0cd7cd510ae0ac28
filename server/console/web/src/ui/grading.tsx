// How CAP grades an alert, and what it is about.
import { said, t } from "../i18n";
import { CATEGORIES, CERTAINTIES, SEVERITY_CHOICES, URGENCIES, type Choice } from "../terms";
import { CheckField, RadioField } from "./field";

export interface Grading {
  severity: string;
  urgency: string;
  certainty: string;
  category: string[];
}

const radios = (choices: readonly Choice[]) =>
  choices.map((one) => ({ value: one.value, label: one.message === one.value ? said(one.message) : `${said(one.message)} (${one.value})`, hint: said(one.meaning) }));

/** `wrong` is what the hub refused of a member. */
export function GradingFields(props: { grading: Grading; onChange: (part: Partial<Grading>) => void; wrong?: (name: string) => string | undefined }) {
  const { grading, onChange, wrong } = props;
  const about = CATEGORIES.filter((one) => grading.category.includes(one.value)).map((one) => said(one.message));
  return (
    <>
      <div class="columns grading">
        <RadioField
          label={t("How grave")}
          value={grading.severity}
          onValue={(severity) => onChange({ severity })}
          options={radios(SEVERITY_CHOICES)}
          error={wrong?.("severity")}
        />
        <RadioField
          label={t("How soon to act")}
          value={grading.urgency}
          onValue={(urgency) => onChange({ urgency })}
          options={radios(URGENCIES)}
          error={wrong?.("urgency")}
        />
        <RadioField
          label={t("How sure it is")}
          value={grading.certainty}
          onValue={(certainty) => onChange({ certainty })}
          options={radios(CERTAINTIES)}
          error={wrong?.("certainty")}
        />
      </div>
      <details>
        <summary>{t("What it is about: {kinds}", { kinds: about.join(", ") })}</summary>
        <ChoicesField label={t("What it is about")} isLabelHidden choices={CATEGORIES} chosen={grading.category} onChosen={(category) => onChange({ category })} />
      </details>
    </>
  );
}

/** Any number of choices, as boxes. */
export function ChoicesField(props: {
  label: string;
  isLabelHidden?: boolean;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChosen: (chosen: string[]) => void;
}) {
  const { chosen } = props;
  const toggle = (value: string) => props.onChosen(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset class="categories">
      <legend class={props.isLabelHidden ? "visually-hidden" : undefined}>{props.label}</legend>
      {props.choices.map((one) => (
        <CheckField key={one.value} label={said(one.message)} checked={chosen.includes(one.value)} onValue={() => toggle(one.value)} />
      ))}
    </fieldset>
  );
}
