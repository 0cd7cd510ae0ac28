// How a phone in the field shows an alert: one language at a time, the same order and marks as the field client.
import { useState } from "preact/hooks";
import type { Working } from "../compose";
import { direction, languageName, t } from "../i18n";
import { SelectField } from "./field";
import { Severity, Status, Words } from "./words";

export function PhonePreview({ working }: { working: Working }) {
  const [chosen, setChosen] = useState("");
  const language = working.languages.includes(chosen) ? chosen : working.languages[0]!;
  const text = working.texts[language] ?? { event: "", headline: "", description: "", instruction: "" };
  const question = working.question;
  const isBare = !Object.values(text).some(Boolean);
  return (
    <section class="preview" aria-label={t("As a phone shows it")}>
      <h2>{t("As a phone shows it")}</h2>
      {working.languages.length > 1 && (
        <SelectField
          label={t("Language")}
          value={language}
          onValue={setChosen}
          options={working.languages.map((one) => ({ value: one, label: languageName(one) }))}
        />
      )}
      <div class="phone" lang={language} dir={direction(language)}>
        {working.status !== "Actual" && <Status value={working.status} />}
        <p>{working.severity ? <Severity value={working.severity} /> : <span class="quiet">{t("severity not chosen")}</span>}</p>
        {isBare && <p class="quiet">{t("Nothing is written yet.")}</p>}
        <p class="phone-headline">
          <Words lang={language}>{text.headline || text.event}</Words>
        </p>
        {text.headline && text.event && (
          <p class="quiet">
            <Words lang={language}>{text.event}</Words>
          </p>
        )}
        {text.description && (
          <p>
            <Words lang={language}>{text.description}</Words>
          </p>
        )}
        {text.instruction && (
          <p class="phone-do">
            <Words lang={language}>{text.instruction}</Words>
          </p>
        )}
        {working.contact && (
          <p class="quiet">
            <Words>{working.contact}</Words>
          </p>
        )}
        {question?.text[language] && (
          <div class="phone-question">
            <Words lang={language}>{question.text[language]!}</Words>
            <ul>
              {(question.choices[language] ?? []).map((choice, index) => (
                <li key={index}>
                  <Words lang={language}>{choice}</Words>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </section>
  );
}
