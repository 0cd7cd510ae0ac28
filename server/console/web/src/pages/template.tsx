// One template: its words in each language side by side, its blanks, how it is graded, its question; or a new one, from another.
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { del, get, part, put } from "../api";
import { empty, NO_TEXT, withTemplate, withText, type Template, type Working } from "../compose";
import type { Schema } from "../hub";
import { language as ownLanguage, languageName, t } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { blanksOf, fromTemplate, nothing, titleOf, toBody, used, without, withoutLanguage, type Writing } from "../templates";
import { RESPONSES } from "../terms";
import { Outcome, useAction, wrongWith } from "../ui/action";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { ChoicesField, GradingFields } from "../ui/grading";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { PhonePreview } from "../ui/preview";
import { QuestionFields } from "../ui/question";
import { Step } from "../ui/step";
import { Languages, TextFields } from "../ui/texts";
import { copyOf, Origin } from "./templates";

export default function TemplatePage() {
  const { name } = useRoute().params as { name?: string };
  const { query } = useLocation();
  const found = useLoad<Schema<"TemplateList">>("/v1/templates");
  const wanted = name ?? query.from;
  const of = (templates: readonly Template[]) => templates.find((one) => one.name === wanted);
  const template = found.body ? of(found.body.templates) : undefined;
  const title = name === undefined ? t("Write a template") : t("Template {name}", { name: template ? titleOf(template) : name });
  return (
    <Page
      title={title}
      actions={
        name !== undefined &&
        template && (
          <a class="button" href={copyOf(name)}>
            {t("Make another from it")}
          </a>
        )
      }
    >
      <Loading of={found}>
        {({ templates }) =>
          wanted !== undefined && !of(templates) ? (
            <Notice kind="error">{t("There is no template {name}.", { name: wanted })}</Notice>
          ) : name === undefined ? (
            <Form key={wanted} template={null} first={template ? fromTemplate(template) : nothing()} taken={templates.map((one) => one.name)} />
          ) : (
            <Form key={name} template={template!} first={fromTemplate(template!)} taken={[]} onChanged={found.reload} />
          )
        }
      </Loading>
      <p>
        <a href="/console/templates">{t("All templates")}</a>
      </p>
    </Page>
  );
}

/** `template` null: it is a new one. */
function Form(props: { template: Template | null; first: Writing; taken: readonly string[]; onChanged?: () => void }) {
  const { template } = props;
  const { session } = useSession();
  const { route } = useLocation();
  const action = useAction();
  const [name, setName] = useState("");
  const [writing, setWriting] = useState(props.first);
  const change = (part: Partial<Writing>) => setWriting((before) => ({ ...before, ...part }));
  const wrong = (path: string) => wrongWith(action.error, path);
  const isTaken = props.taken.includes(name);
  const save = async (event: Event) => {
    event.preventDefault();
    if (isTaken) return;
    const isKept = await action.run(() => put(`/v1/templates/${part(template?.name ?? name)}`, toBody(writing)), t("The template is kept."));
    if (isKept && template) props.onChanged?.();
    if (isKept && !template) route(`/console/templates/${part(name)}`, true);
  };
  return (
    <>
      {template && (
        <p class="quiet">
          <code dir="ltr">{template.name}</code> · <Origin template={template} />
        </p>
      )}
      <form onSubmit={save} class="compose" noValidate>
        <fieldset class="compose-steps" disabled={!isAtLeast(session, "approver")}>
          <Step number={1} title={t("The words")}>
            {!template && (
              <TextField
                label={t("Name")}
                hint={t("By which programs know it: small letters, digits and hyphens. It stays.")}
                value={name}
                onValue={setName}
                error={isTaken ? t("There is a template of this name already.") : wrong("name")}
                autocomplete="off"
                spellcheck={false}
                required
              />
            )}
            <p class="hint">{t("A word in braces is a blank, to be filled by whoever writes the alert: {example}.", { example: "{place}" })}</p>
            <Languages
              languages={writing.languages}
              onAdd={(language) => change({ languages: [...writing.languages, language], texts: { ...writing.texts, [language]: writing.texts[language] ?? NO_TEXT } })}
              onRemove={(language) => setWriting(withoutLanguage(writing, language))}
            >
              {(language) => (
                <>
                  <TextField
                    label={t("What the template is called")}
                    lang={language}
                    value={writing.titles[language] ?? ""}
                    onValue={(words) => change({ titles: { ...writing.titles, [language]: words } })}
                    error={wrong(`title.${language}`)}
                  />
                  <TextFields
                    language={language}
                    languages={writing.languages}
                    texts={writing.texts}
                    onText={(field, words) => change({ texts: withText(writing.texts, language, field, words) })}
                    wrong={(field) => wrong(`text.${language}.${field}`)}
                  />
                </>
              )}
            </Languages>
          </Step>
          <Step number={2} title={t("The blanks")}>
            <Blanks writing={writing} change={change} wrong={wrong} />
          </Step>
          <Step number={3} title={t("How grave it is")}>
            <GradingFields grading={writing} onChange={change} wrong={wrong} />
            <details>
              <summary>{t("What kind of act it asks for")}</summary>
              <ChoicesField
                label={t("What kind of act it asks for")}
                isLabelHidden
                choices={RESPONSES}
                chosen={writing.responseType}
                onChosen={(responseType) => change({ responseType })}
              />
            </details>
            <TextField
              label={t("For how long it holds, in hours")}
              type="number"
              min={1}
              max={8784}
              value={writing.hours}
              onValue={(hours) => change({ hours })}
              error={wrong("holds_hours")}
              required
            />
          </Step>
          <Step number={4} title={t("A question to answer")}>
            <QuestionFields
              question={writing.question}
              languages={writing.languages}
              onQuestion={(question) => change({ question })}
              wrong={(path) => wrong(`question.${path}`)}
            />
          </Step>
          <Outcome of={action} />
          {isAtLeast(session, "approver") && (
            <div class="actions">
              <Button kind="primary" type="submit">
                {t("Keep the template")}
              </Button>
              {template && template.changed_by !== null && (
                <Removal
                  template={template}
                  onBack={(shipped) => {
                    setWriting(fromTemplate(shipped));
                    action.clear();
                    props.onChanged?.();
                  }}
                />
              )}
            </div>
          )}
        </fieldset>
        <aside class="compose-beside" tabIndex={0} aria-label={t("As a phone shows it")}>
          <PhonePreview working={asAlert(writing)} />
        </aside>
      </form>
    </>
  );
}

const asAlert = (writing: Writing): Working =>
  withTemplate(empty("", ownLanguage()), { ...toBody(writing), name: "", changed_by: null, changed_at: null, shipped: false } as Template, 0);

/** What is asked for each blank, in each language. */
function Blanks(props: { writing: Writing; change: (part: Partial<Writing>) => void; wrong: (path: string) => string | undefined }) {
  const { writing, change, wrong } = props;
  const names = blanksOf(writing);
  const standing = used(writing);
  if (names.length === 0) return <p class="quiet">{t("There is no blank in these words.")}</p>;
  return (
    <>
      <p class="hint">{t("What to ask whoever writes the alert, for example: which river or place.")}</p>
      {names.map((name) => (
        <fieldset key={name} class="blanks">
          <legend>
            <h3 dir="ltr">{`{${name}}`}</h3>
          </legend>
          {!standing.includes(name) && (
            <>
              <p>{t("It stands in no text.")}</p>
              <Button onPress={() => change({ blanks: without(writing.blanks, name) })}>{t("Forget this blank")}</Button>
            </>
          )}
          {wrong(`blanks.${name}.[key]`) && (
            <p class="field-error" role="alert">
              <span aria-hidden="true">× </span>
              {t("A blank is called by small letters, digits and underscores, with a letter first.")}
            </p>
          )}
          <div class="columns">
            {writing.languages.map((language) => (
              <TextField
                key={language}
                label={t("What to ask for {blank} ({language})", { blank: name, language: languageName(language) })}
                lang={language}
                value={writing.blanks[name]?.[language] ?? ""}
                onValue={(words) => change({ blanks: { ...writing.blanks, [name]: { ...writing.blanks[name], [language]: words } } })}
                error={wrong(`blanks.${name}.${language}`)}
              />
            ))}
          </div>
        </fieldset>
      ))}
    </>
  );
}

/** Forgets what was written here: the one that came with the program is back, or the template is gone. */
function Removal({ template, onBack }: { template: Template; onBack: (shipped: Template) => void }) {
  const { route } = useLocation();
  const action = useAction();
  const [isAsking, setAsking] = useState(false);
  const address = `/v1/templates/${part(template.name)}`;
  const remove = () => {
    setAsking(false);
    return action.run(async () => {
      await del(address);
      if (template.shipped) onBack(await get<Template>(address));
      else route("/console/templates");
    });
  };
  return (
    <>
      <Button onPress={() => setAsking(true)}>{template.shipped ? t("Back to the one that came with the program…") : t("Delete the template…")}</Button>
      <Outcome of={action} />
      <Dialog
        title={template.shipped ? t("Back to the one that came with the program?") : t("Delete this template?")}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        actions={
          <Button kind="danger" onPress={remove}>
            {template.shipped ? t("Take that one") : t("Delete it")}
          </Button>
        }
      >
        <p>{t("What was written here is forgotten. Alerts and drafts that were made from it stay as they are.")}</p>
      </Dialog>
    </>
  );
}
