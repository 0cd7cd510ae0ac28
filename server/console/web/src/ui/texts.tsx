// An alert's words, in several languages side by side.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { NO_TEXT, type Text, type TextName } from "../compose";
import { direction, languageName, t } from "../i18n";
import { Button } from "./button";
import { SelectField, TextArea, TextField } from "./field";

const HEADLINE_MAX = 160;
const LANGUAGES = ["en", "fr", "sw", "am", "ar", "es", "hi", "pt", "so", "ha", "ln", "bn", "ur", "my", "ne"];

const FIELDS: readonly { name: TextName; isLong: boolean }[] = [
  { name: "event", isLong: false },
  { name: "headline", isLong: false },
  { name: "description", isLong: true },
  { name: "instruction", isLong: true },
];

/** To the words of a language that was added: once they are drawn. */
export const beginIn = (language: string): void =>
  void setTimeout(() => document.querySelector<HTMLElement>(`.languages > [lang="${CSS.escape(language)}"] input`)?.focus());

/** A column for each language; one can be added, or taken out while it is not the last. */
export function Languages(props: {
  languages: readonly string[];
  onAdd: (language: string) => void;
  onRemove: (language: string) => void;
  children: (language: string) => ComponentChildren;
}) {
  const [chosen, setChosen] = useState("");
  const more = LANGUAGES.filter((one) => !props.languages.includes(one));
  return (
    <>
      <div class="columns languages">
        {props.languages.map((language) => (
          <fieldset key={language} lang={language} dir={direction(language)}>
            <legend>
              <h3>{languageName(language)}</h3>
            </legend>
            {props.children(language)}
            {props.languages.length > 1 && (
              <Button onPress={() => props.onRemove(language)}>{t("Take {language} out", { language: languageName(language) })}</Button>
            )}
          </fieldset>
        ))}
      </div>
      <div class="add-language">
        <SelectField
          label={t("Another language")}
          value={chosen}
          onValue={setChosen}
          options={[{ value: "", label: t("Choose…") }, ...more.map((one) => ({ value: one, label: languageName(one) }))]}
        />
        <Button
          disabled={!chosen}
          onPress={() => {
            props.onAdd(chosen);
            beginIn(chosen);
            setChosen("");
          }}
        >
          {t("Add it")}
        </Button>
      </div>
    </>
  );
}

/** The words in one language; what another language says and this one does not is missing. `wrong` is what the hub refused. */
export function TextFields(props: {
  language: string;
  languages: readonly string[];
  texts: Readonly<Record<string, Text>>;
  onText: (name: TextName, words: string) => void;
  wrong?: (name: TextName) => string | undefined;
}) {
  const { language, languages, texts } = props;
  const labels: Record<TextName, string> = {
    event: t("What it is, in few words"),
    headline: t("In one line"),
    description: t("What has happened"),
    instruction: t("What to do"),
  };
  const hints: Partial<Record<TextName, string>> = {
    headline: t("This is what everybody reads first. Say what to do."),
    instruction: t("Begin each sentence with what to do."),
  };
  const text = texts[language] ?? NO_TEXT;
  const isMissing = (name: TextName): boolean => !text[name] && languages.some((other) => texts[other]?.[name]);
  return (
    <>
      {FIELDS.map(({ name, isLong }) => {
        const value = text[name];
        const isTooLong = name === "headline" && value.length > HEADLINE_MAX;
        const missing = isMissing(name) ? t("Missing in {language}", { language: languageName(language) }) : undefined;
        const hint = isTooLong ? t("{count} characters: phones show the first {most} or so.", { count: value.length, most: HEADLINE_MAX }) : hints[name];
        const error = props.wrong?.(name) ?? missing;
        const field = { label: labels[name], hint, error, value, onValue: (words: string) => props.onText(name, words), lang: language };
        return isLong ? <TextArea key={name} {...field} rows={5} /> : <TextField key={name} {...field} />;
      })}
    </>
  );
}
