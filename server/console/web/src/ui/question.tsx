// The question that an alert asks, in each of its languages.
import type { Question } from "../compose";
import { direction, languageName, said, t } from "../i18n";
import { ANSWER_KINDS } from "../terms";
import { CheckField, SelectField, TextArea, TextField } from "./field";

const NO_QUESTION: Question = { answer: "yes-no", text: {}, choices: {}, unit: {}, min: null, max: null };

/** `wrong` is what the hub refused of a member of the question. */
export function QuestionFields(props: {
  question: Question | null;
  languages: readonly string[];
  onQuestion: (question: Question | null) => void;
  wrong?: (path: string) => string | undefined;
}) {
  const { question, wrong } = props;
  const set = (part: Partial<Question>) => question && props.onQuestion({ ...question, ...part });
  const missing = (language: string) => t("Missing in {language}", { language: languageName(language) });
  const bound = (name: "min" | "max", label: string) => (
    <TextField
      label={label}
      type="number"
      step="any"
      value={question?.[name] === null ? "" : String(question?.[name])}
      onValue={(value) => set({ [name]: value.trim() === "" ? null : Number(value) })}
      error={wrong?.(name)}
      isOptional
    />
  );
  return (
    <>
      <CheckField
        label={t("Ask those who get it")}
        hint={t("Their answers are counted on the page where you watch the alert.")}
        checked={question !== null}
        onValue={(isOn) => props.onQuestion(isOn ? NO_QUESTION : null)}
      />
      {question && (
        <>
          <SelectField
            label={t("What is answered")}
            value={question.answer}
            onValue={(answer) => set({ answer })}
            options={ANSWER_KINDS.map((one) => ({ value: one.value, label: said(one.message) }))}
          />
          <div class="columns">
            {props.languages.map((language) => (
              <fieldset key={language} lang={language} dir={direction(language)}>
                <legend>{languageName(language)}</legend>
                <TextField
                  label={t("The question")}
                  value={question.text[language] ?? ""}
                  error={wrong?.(`text.${language}`) ?? (question.text[language] ? undefined : missing(language))}
                  onValue={(words) => set({ text: { ...question.text, [language]: words } })}
                />
                {question.answer === "one-of" && (
                  <TextArea
                    label={t("The choices, one a line")}
                    hint={t("In the same order in each language.")}
                    value={(question.choices[language] ?? []).join("\n")}
                    error={wrong?.(`choices.${language}`)}
                    onValue={(words) => set({ choices: { ...question.choices, [language]: words.split("\n") } })}
                  />
                )}
                {question.answer === "number" && (
                  <TextField
                    label={t("What is counted")}
                    value={question.unit[language] ?? ""}
                    error={wrong?.(`unit.${language}`)}
                    onValue={(words) => set({ unit: { ...question.unit, [language]: words } })}
                    isOptional
                  />
                )}
              </fieldset>
            ))}
          </div>
          {question.answer === "number" && (
            <div class="columns">
              {bound("min", t("The least that is taken"))}
              {bound("max", t("The most that is taken"))}
            </div>
          )}
        </>
      )}
    </>
  );
}
