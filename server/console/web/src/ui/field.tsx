// One question of a form: its label, a hint, what is wrong with the answer, and whatever takes the answer.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../i18n";

interface Described {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  isOptional?: boolean;
}

function Around(props: Described & { id: string; children: ComponentChildren }) {
  return (
    <div class={props.error ? "field field-wrong" : "field"}>
      <label for={props.id}>
        {props.label}
        {props.isOptional && <span class="optional"> ({t("optional")})</span>}
      </label>
      {props.hint && (
        <div class="hint" id={`${props.id}-hint`}>
          {props.hint}
        </div>
      )}
      <Wrong id={props.id} error={props.error} />
      {props.children}
    </div>
  );
}

const Wrong = ({ id, error }: { id: string; error?: string | undefined }) =>
  error ? (
    <div class="field-error" id={`${id}-error`} role="alert">
      <span aria-hidden="true">× </span>
      {error}
    </div>
  ) : null;

function useParts(props: Described) {
  const id = useId();
  const described = [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(" ");
  const aria = { id, "aria-invalid": props.error ? (true as const) : undefined, "aria-describedby": described || undefined };
  return { id, aria };
}

/** What an input may be here. */
export type InputType = "text" | "password" | "number" | "search" | "tel" | "email" | "url" | "datetime-local";

/** Attributes that go to the element as they are. */
type Rest = Record<string, unknown>;

export function TextField(
  props: Described & { value: string; onValue: (value: string) => void; type?: InputType; required?: boolean } & Rest,
) {
  const { label, hint, error, isOptional, value, onValue, type, ...rest } = props;
  const { id, aria } = useParts(props);
  return (
    <Around {...{ label, hint, error, isOptional: isOptional ?? false }} id={id}>
      <input {...rest} {...aria} type={(type ?? "text") as "text"} dir="auto" value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </Around>
  );
}

export function TextArea(
  props: Described & { value: string; onValue: (value: string) => void; rows?: number } & Rest,
) {
  const { label, hint, error, isOptional, value, onValue, rows, ...rest } = props;
  const { id, aria } = useParts(props);
  return (
    <Around {...{ label, hint, error, isOptional: isOptional ?? false }} id={id}>
      <textarea {...rest} {...aria} rows={rows ?? 4} dir="auto" value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </Around>
  );
}

export interface Option {
  value: string;
  label: string;
}

export function SelectField(
  props: Described & { value: string; onValue: (value: string) => void; options: readonly Option[] } & Rest,
) {
  const { label, hint, error, isOptional, value, onValue, options, ...rest } = props;
  const { id, aria } = useParts(props);
  return (
    <Around {...{ label, hint, error, isOptional: isOptional ?? false }} id={id}>
      <select {...rest} {...aria} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Around>
  );
}

export function CheckField(props: {
  label: ComponentChildren;
  hint?: ComponentChildren;
  checked: boolean;
  onValue: (value: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={props.checked}
        disabled={props.disabled ?? false}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={(event) => props.onValue(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{props.label}</label>
        {props.hint && (
          <div class="hint" id={`${id}-hint`}>
            {props.hint}
          </div>
        )}
      </div>
    </div>
  );
}

/** Several answers to one question. */
export function RadioField(props: {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  value: string;
  onValue: (value: string) => void;
  options: readonly (Option & { hint?: string })[];
}) {
  const { id, aria } = useParts(props);
  return (
    <fieldset class={props.error ? "radios field-wrong" : "radios"} aria-describedby={aria["aria-describedby"]}>
      <legend>{props.label}</legend>
      <Wrong id={id} error={props.error} />
      {props.hint && (
        <div class="hint" id={`${id}-hint`}>
          {props.hint}
        </div>
      )}
      {props.options.map((option, index) => (
        <div class="check" key={option.value}>
          <input
            type="radio"
            id={`${id}-${index}`}
            name={id}
            checked={props.value === option.value}
            onChange={() => props.onValue(option.value)}
          />
          <div>
            <label for={`${id}-${index}`}>{option.label}</label>
            {option.hint && <div class="hint">{option.hint}</div>}
          </div>
        </div>
      ))}
    </fieldset>
  );
}
