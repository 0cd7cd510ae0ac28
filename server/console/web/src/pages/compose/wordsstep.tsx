// The words, in each language beside the others.
import { NO_TEXT, withText, type Estimate } from "../../compose";
import { languageName, t, tn } from "../../i18n";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Notice } from "../../ui/notice";
import { beginIn, Languages, TextFields } from "../../ui/texts";
import { Step, type StepProps } from "./step";

export function WordsStep({ working, change, estimate }: StepProps & { estimate: Estimate | null }) {
  const add = (language: string) => {
    if (!language || working.languages.includes(language)) return;
    change({ languages: [...working.languages, language], texts: { ...working.texts, [language]: { ...NO_TEXT } } });
  };
  const remove = (language: string) => change({ languages: working.languages.filter((one) => one !== language) });
  const missing = Object.entries(estimate?.missing_languages ?? {});
  return (
    <Step number={2} title={t("The words")}>
      {missing.map(([language, count]) => (
        <Notice key={language} kind="warning">
          <p>
            {tn("{n} device asks for {language}, in which there is nothing yet.", "{n} devices ask for {language}, in which there is nothing yet.", count, {
              language: languageName(language),
            })}
          </p>
          <Button
            onPress={() => {
              add(language);
              beginIn(language);
            }}
          >
            {t("Add {language}", { language: languageName(language) })}
          </Button>
        </Notice>
      ))}
      <Languages languages={working.languages} onAdd={add} onRemove={remove}>
        {(language) => (
          <>
            <TextFields language={language} languages={working.languages} texts={working.texts} onText={(name, words) => change({ texts: withText(working.texts, language, name, words) })} />
            <TextField
              label={t("Where it is, in words")}
              value={working.where[language] ?? ""}
              onValue={(words) => change({ where: { ...working.where, [language]: words } })}
              lang={language}
            />
          </>
        )}
      </Languages>
      <div class="columns">
        <TextField label={t("Whom to ask")} hint={t("A telephone number or an office")} value={working.contact} onValue={(contact) => change({ contact })} isOptional />
        <TextField label={t("Address of a page with more")} type="url" value={working.web} onValue={(web) => change({ web })} isOptional />
      </div>
    </Step>
  );
}
