// The first step: whether it is real, who sends it, and from which template it begins.
import { useState } from "preact/hooks";
import { blanksIn, filledIn, NO_TEXT, withTemplate, type Template, type Working } from "../../compose";
import type { Schema } from "../../hub";
import { languageName, language as ownLanguage, said, t } from "../../i18n";
import { titleOf } from "../../templates";
import { STATUS_CHOICES } from "../../terms";
import { Button } from "../../ui/button";
import { RadioField, SelectField, TextField } from "../../ui/field";
import { Loading, useLoad } from "../../ui/load";
import { Step, type StepProps } from "./step";

export function Start({ working, change, setWorking }: StepProps & { setWorking: (next: Working) => void }) {
  const found = useLoad<Schema<"TemplateList">>("/v1/templates");
  const [chosen, setChosen] = useState("");
  const template = found.body?.templates.find((one) => one.name === chosen);
  return (
    <Step number={1} title={t("What kind of alert")}>
      <RadioField
        label={t("Is it real?")}
        value={working.status}
        onValue={(status) => change({ status })}
        options={STATUS_CHOICES.map((one) => ({ value: one.value, label: said(one.message), hint: said(one.meaning) }))}
      />
      {working.status === "Exercise" && (
        <TextField label={t("Which exercise")} value={working.note} onValue={(note) => change({ note })} maxLength={500} required />
      )}
      <TextField
        label={t("Who sends it")}
        hint={t("An address that stands for your office, the same each time: ops@health.example")}
        value={working.sender}
        onValue={(sender) => change({ sender: sender.trim() })}
        required
      />
      <Loading of={found}>
        {({ templates }) => (
          <>
            <SelectField
              label={t("Begin with a template")}
              hint={t("It brings words in several languages, with blanks for you to fill. It takes the place of what is written.")}
              value={chosen}
              onValue={setChosen}
              options={[{ value: "", label: t("None: write it yourself") }, ...templates.map((one) => ({ value: one.name, label: titleOf(one) }))]}
            />
            <Button disabled={!template} onPress={() => template && setWorking(withTemplate(working, template, Date.now()))}>
              {t("Use this template")}
            </Button>
          </>
        )}
      </Loading>
      <Blanks working={working} change={change} templates={[...(template ? [template] : []), ...(found.body?.templates ?? [])]} />
    </Step>
  );
}

/** Each blank once for each language, asked for as the first template says that has it; filling them in changes the words below. */
function Blanks({ working, change, templates }: StepProps & { templates: readonly Template[] }) {
  const [words, setWords] = useState<Record<string, Record<string, string>>>({});
  const blanks = working.languages.map((language) => ({ language, names: blanksIn(working, language) })).filter(({ names }) => names.length > 0);
  if (blanks.length === 0) return null;
  const names = [...new Set(blanks.flatMap((one) => one.names))];
  const asked = (name: string): string => {
    for (const template of templates) {
      const found = template.blanks?.[name];
      if (found) return found[ownLanguage()] ?? found.en ?? name;
    }
    return name;
  };
  const fill = () => {
    const texts = Object.fromEntries(working.languages.map((language) => [language, filledIn(working.texts[language] ?? NO_TEXT, words[language] ?? {})]));
    change({ texts });
    // the questions go away with the last blank: on to the words
    if (!working.languages.some((language) => blanksIn({ ...working, texts }, language).length > 0)) document.getElementById("step-2")?.focus();
  };
  return (
    <fieldset class="blanks">
      <legend>
        <h3>{t("Fill the blanks")}</h3>
      </legend>
      {names.map((name) => (
        <div class="columns" key={name}>
          {blanks
            .filter((one) => one.names.includes(name))
            .map(({ language }) => (
              <TextField
                key={language}
                label={`${asked(name)} (${languageName(language)})`}
                lang={language}
                value={words[language]?.[name] ?? ""}
                onValue={(value) => setWords({ ...words, [language]: { ...words[language], [name]: value } })}
              />
            ))}
        </div>
      ))}
      <Button onPress={fill}>{t("Fill them in")}</Button>
    </fieldset>
  );
}
