// What an alert says, in all its languages beside each other, and what is different from an alert before it.
import { languageName, said, t } from "../i18n";
import { CERTAINTIES, messageOf, URGENCIES } from "../terms";
import { Severity, Status, Words } from "./words";

type Json = Record<string, unknown>;

const word = (value: unknown): string => (typeof value === "string" ? value : "");
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter((one): one is Json => typeof one === "object" && one !== null) : []);

const PARTS = ["headline", "event", "description", "instruction", "contact", "web"] as const;

/** A band over everything that is not real; nothing for an Actual alert. */
export function NotReal({ status }: { status: string }) {
  if (status === "Actual" || status === "") return null;
  const words: Record<string, string> = {
    Exercise: t("This is an exercise. Nobody is in danger."),
    Test: t("This is a test. Nobody is in danger."),
    System: t("This is a message of the system, for machines."),
    Draft: t("This is a draft, and not to be acted on."),
  };
  return (
    <p class="not-real">
      <Status value={status} /> <strong>{words[status] ?? status}</strong>
    </p>
  );
}

/** All infos of an alert. `before`: an alert whose words are shown struck through where they were others. */
export function AlertText({ alert, before }: { alert: Json; before?: Json | undefined }) {
  const infos = objects(alert.info);
  const old = objects(before?.info);
  if (infos.length === 0) return <p class="quiet">{t("It has no words of its own.")}</p>;
  return (
    <div class="columns">
      {infos.map((info, index) => {
        const language = word(info.language) || "en-US";
        const other = before ? (old.find((one) => (word(one.language) || "en-US") === language) ?? {}) : undefined;
        return <InfoCard key={index} info={info} language={language} before={other} />;
      })}
    </div>
  );
}

function InfoCard({ info, language, before }: { info: Json; language: string; before: Json | undefined }) {
  const where = objects(info.area)
    .map((area) => word(area.areaDesc))
    .filter(Boolean)
    .join("; ");
  return (
    <section class="card info" aria-label={languageName(language)}>
      <p class="quiet info-language">{languageName(language)}</p>
      <p>
        <Severity value={word(info.severity) || "Unknown"} /> {said(messageOf(URGENCIES, word(info.urgency)))} ·{" "}
        {said(messageOf(CERTAINTIES, word(info.certainty)))}
        {before && word(before.severity) !== word(info.severity) && word(before.severity) && (
          <span class="quiet">
            {" "}
            {t("(before: {severity})", { severity: word(before.severity) })}
          </span>
        )}
      </p>
      {PARTS.map((name) => {
        const text = word(info[name]);
        const was = before ? word(before[name]) : text;
        return (
          (text || was) && (
            <div key={name} class={`info-${name}`}>
              {before && was && was !== text && (
                <p>
                  <span class="visually-hidden">{t("Before:")} </span>
                  <del>
                    <Words lang={language}>{was}</Words>
                  </del>
                </p>
              )}
              {text && (
                <p>
                  {before && was !== text ? (
                    <ins>
                      <Words lang={language}>{text}</Words>
                    </ins>
                  ) : (
                    <Words lang={language}>{text}</Words>
                  )}
                </p>
              )}
            </div>
          )
        );
      })}
      {where && (
        <p class="quiet">
          {t("Area:")} <Words lang={language}>{where}</Words>
        </p>
      )}
      <QuestionText info={info} language={language} />
    </section>
  );
}

function QuestionText({ info, language }: { info: Json; language: string }) {
  const parameters = objects(info.parameter);
  const find = (name: string): string[] => parameters.filter((one) => one.valueName === `tocsin.${name}`).map((one) => word(one.value));
  const question = find("question")[0];
  if (!question) return null;
  return (
    <div class="info-question">
      <p>
        <strong>{t("Question:")}</strong> <Words lang={language}>{question}</Words>
      </p>
      <ul>
        {find("choice").map((choice, index) => (
          <li key={index}>
            <Words lang={language}>{choice}</Words>
          </li>
        ))}
      </ul>
    </div>
  );
}
