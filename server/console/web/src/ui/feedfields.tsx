// The settings of a feed: where it is, which of its alerts are taken, for whom, and whose signatures are trusted.
import type { ComponentChildren } from "preact";
import type { FeedValues, FilterValues, Geocode } from "../feeds";
import type { Schema } from "../hub";
import { said, say, t } from "../i18n";
import { ALL_STATUSES, CATEGORIES, CERTAINTIES, MSG_TYPES, SEVERITY_CHOICES, URGENCIES, type Choice } from "../terms";
import { wrongWith } from "./action";
import { AudiencePicker } from "./audience";
import { Button } from "./button";
import { CheckField, RadioField, SelectField, TextArea, TextField } from "./field";
import { ChoicesField } from "./grading";

export const POLICIES: Record<Schema<"FeedPolicy">, string> = {
  hold: say("Alerts wait for approval"),
  pass: say("Alerts are published at once"),
};

const POLICY_HINTS: Record<Schema<"FeedPolicy">, string> = {
  hold: say("Somebody looks at each one first."),
  pass: say("Only for a source that you trust as yourself."),
};

export const SIGNATURES: Record<Schema<"SignaturePolicy">, string> = {
  ignore: say("Not looked at"),
  report: say("What was found is said"),
  require: say("Only signed by somebody trusted"),
};

/** `error` is what the hub refused; `isNew`: what few change is folded; `hasAuthorization`: the hub sends one already, not shown. */
export function FeedFields(props: {
  values: FeedValues;
  onValues: (values: FeedValues) => void;
  error: unknown;
  isNew?: boolean;
  hasAuthorization?: boolean;
}) {
  const { values, onValues, error } = props;
  const isOpen = !props.isNew || Boolean(error);
  const change = (part: Partial<FeedValues>) => onValues({ ...values, ...part });
  return (
    <>
      <TextField
        label={t("Address")}
        hint={t("Of an Atom or RSS feed of CAP alerts.")}
        type="url"
        value={values.address}
        onValue={(address) => change({ address })}
        error={wrongWith(error, "address", "address-refused")}
        required
      />
      <TextField
        label={t("How often it is asked, in seconds")}
        type="number"
        value={values.seconds}
        onValue={(seconds) => change({ seconds })}
        error={wrongWith(error, "interval_seconds")}
        required
      />
      <RadioField
        label={t("What becomes of its alerts")}
        value={values.policy}
        onValue={(policy) => change({ policy })}
        options={Object.entries(POLICIES).map(([value, words]) => ({ value, label: said(words), hint: said(POLICY_HINTS[value as keyof typeof POLICIES]) }))}
        error={wrongWith(error, "policy")}
      />
      <Part title={t("Which alerts are let through")} isOpen={isOpen}>
        <Filter filter={values.filter} onFilter={(part) => change({ filter: { ...values.filter, ...part } })} error={error} />
      </Part>
      <Part title={t("Whom its alerts are for")} isOpen={isOpen || values.policy === "pass"}>
        <Geocodes geocodes={values.geocodes} onGeocodes={(geocodes) => change({ geocodes })} error={error} />
        <h4>{t("Alerts without such a code")}</h4>
        <p class="hint">{t("It holds for alerts whose own areas are not known here; its roles hold for all.")}</p>
        <AudiencePicker value={values.audience} onValue={(audience) => change({ audience })} />
      </Part>
      <Part title={t("Who has signed them")} isOpen={isOpen}>
        <RadioField
          label={t("Signatures")}
          value={values.signatures}
          onValue={(signatures) => change({ signatures })}
          options={Object.entries(SIGNATURES).map(([value, words]) => ({ value, label: said(words) }))}
          error={wrongWith(error, "signatures")}
        />
        <TextArea
          label={t("Whom to trust")}
          hint={t("Certificates of signers or of authorities, and public keys, as PEM: each from BEGIN to END.")}
          value={values.trusted}
          onValue={(trusted) => change({ trusted })}
          error={wrongWith(error, "trusted")}
          rows={6}
          spellcheck={false}
          autocomplete="off"
          isOptional
        />
      </Part>
      <TextField
        label={t("The header Authorization")}
        hint={
          props.hasAuthorization
            ? t("There is one, which is not shown again. Write another to take its place.")
            : t("Where the feed asks for one. It is a secret: it is not shown again.")
        }
        value={values.authorization}
        onValue={(authorization) => change({ authorization })}
        error={wrongWith(error, "authorization")}
        autocomplete="off"
        spellcheck={false}
        isOptional
      />
      {props.hasAuthorization && (
        <CheckField
          label={t("Forget the header Authorization")}
          checked={values.isAuthorizationForgotten}
          onValue={(isAuthorizationForgotten) => change({ isAuthorizationForgotten })}
        />
      )}
      <CheckField label={t("Paused: it is not asked")} checked={values.isPaused} onValue={(isPaused) => change({ isPaused })} />
    </>
  );
}

function Part(props: { title: string; isOpen: boolean; children: ComponentChildren }) {
  return (
    <details class="card part" open={props.isOpen}>
      <summary>
        <h3>{props.title}</h3>
      </summary>
      {props.children}
    </details>
  );
}

const atLeast = (choices: readonly Choice[]) => [
  { value: "", label: t("any") },
  ...choices.map((one) => ({ value: one.value, label: one.message === one.value ? said(one.message) : `${said(one.message)} (${one.value})` })),
];

function Filter(props: { filter: FilterValues; onFilter: (part: Partial<FilterValues>) => void; error: unknown }) {
  const { filter, onFilter } = props;
  const wrong = (name: string) => wrongWith(props.error, `filter.${name}`);
  return (
    <>
      <p class="hint">{t("Where nothing is chosen, all are. What updates or cancels an alert that was let through is let through too.")}</p>
      <ChoicesField label={t("Whether they are real")} choices={ALL_STATUSES} chosen={filter.statuses} onChosen={(statuses) => onFilter({ statuses })} />
      <ChoicesField label={t("What they do")} choices={MSG_TYPES} chosen={filter.msgTypes} onChosen={(msgTypes) => onFilter({ msgTypes })} />
      <ChoicesField label={t("What they are about")} choices={CATEGORIES} chosen={filter.categories} onChosen={(categories) => onFilter({ categories })} />
      <div class="columns">
        <SelectField
          label={t("At least as grave as")}
          value={filter.severity}
          onValue={(severity) => onFilter({ severity })}
          options={atLeast(SEVERITY_CHOICES)}
          error={wrong("severity_at_least")}
        />
        <SelectField
          label={t("At least as urgent as")}
          value={filter.urgency}
          onValue={(urgency) => onFilter({ urgency })}
          options={atLeast(URGENCIES)}
          error={wrong("urgency_at_least")}
        />
        <SelectField
          label={t("At least as sure as")}
          value={filter.certainty}
          onValue={(certainty) => onFilter({ certainty })}
          options={atLeast(CERTAINTIES)}
          error={wrong("certainty_at_least")}
        />
      </div>
      <TextArea
        label={t("Words in the event, one a line")}
        hint={t("One of them must stand in it, in upper or lower case.")}
        value={filter.events}
        onValue={(events) => onFilter({ events })}
        error={wrong("events")}
        rows={3}
        isOptional
      />
      <TextField
        label={t("Languages")}
        hint={t("Like en or pt, with commas between them; pt includes pt-MZ.")}
        value={filter.languages}
        onValue={(languages) => onFilter({ languages })}
        error={wrong("languages")}
        isOptional
      />
    </>
  );
}

/** Which codes of an alert name areas of ours, row by row. */
function Geocodes(props: { geocodes: readonly Geocode[]; onGeocodes: (geocodes: Geocode[]) => void; error: unknown }) {
  const { geocodes, onGeocodes } = props;
  const set = (at: number, part: Partial<Geocode>) => onGeocodes(geocodes.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <>
      <h4>{t("Codes of areas in its alerts")}</h4>
      <p class="hint">{t("By a code's name its value is taken for a code of the areas here, with what you put before it: UGC with US- makes US-TXZ211 of TXZ211.")}</p>
      {geocodes.map(({ name, before }, at) => (
        <div class="columns geocode" key={at} role="group" aria-label={t("Code {number}", { number: at + 1 })}>
          <TextField
            label={t("Name of the code")}
            value={name}
            onValue={(value) => set(at, { name: value })}
            error={wrongWith(props.error, `geocodes.${name.trim()}.[key]`)}
            spellcheck={false}
          />
          <TextField
            label={t("What to put before its value")}
            value={before}
            onValue={(value) => set(at, { before: value })}
            error={wrongWith(props.error, `geocodes.${name.trim()}`)}
            spellcheck={false}
            isOptional
          />
          <div>
            <Button onPress={() => onGeocodes(geocodes.filter((_, index) => index !== at))}>{t("Take this code out")}</Button>
          </div>
        </div>
      ))}
      <Button onPress={() => onGeocodes([...geocodes, { name: "", before: "" }])}>{t("Add a code")}</Button>
    </>
  );
}
