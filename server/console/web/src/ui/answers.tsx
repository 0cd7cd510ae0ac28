// What was answered to an alert's question, tallied, and the latest words.
import type { Answers } from "../live";
import { number, percent, t, tn } from "../i18n";
import { Bar } from "./live";
import { Time, Words } from "./words";

const LATEST_MAX = 12;

export function AnswersTally({ answers }: { answers: Answers }) {
  const { tally } = answers;
  const question = answers.questions[0];
  if (!question) return null;
  const choices: [string, number][] =
    tally.yes !== null && tally.no !== null
      ? [
          [t("Yes"), tally.yes],
          [t("No"), tally.no],
        ]
      : (tally.choices ?? []).map((count, at) => [question.choices[at] ?? String(at + 1), count]);
  return (
    <>
      {answers.questions.map((one) => (
        <p key={one.language} class="question">
          <Words lang={one.language ?? undefined}>{one.text}</Words>
        </p>
      ))}
      <p>
        {tn("{n} device has answered.", "{n} devices have answered.", tally.count)}{" "}
        {tally.late > 0 && tn("{n} of them late.", "{n} of them late.", tally.late)}
      </p>
      {choices.length > 0 && (
        <dl class="choices">
          {choices.map(([words, count], at) => (
            <div key={at}>
              <dt>
                <Words>{words}</Words>
              </dt>
              <dd>
                <Bar parts={[{ name: "count", count, kind: "seen" }]} whole={tally.count} label={percent(count, tally.count)} />
                <span class="choice-count">
                  {number(count)} <span class="share">{percent(count, tally.count)}</span>
                </span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {tally.numbers && tally.numbers.median !== null && (
        <dl class="figures">
          {(
            [
              [t("Least"), tally.numbers.min],
              [t("Median"), tally.numbers.median],
              [t("Most"), tally.numbers.max],
              [t("Together"), tally.numbers.sum],
            ] as const
          ).map(([words, value]) => (
            <div key={words} class="figure">
              <dt>{words}</dt>
              <dd>
                <span class="figure-number">{value === null ? "–" : number(value)}</span>
                {question.unit && <Words>{question.unit}</Words>}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {answers.devices.length > 0 && (
        <>
          <h3>{t("Latest answers")}</h3>
          <ul class="latest latest-wide">
            {answers.devices.slice(0, LATEST_MAX).map((one) => (
              <li key={one.device}>
                <strong>
                  <Words>{one.name || one.device}</Words>
                </strong>{" "}
                <Words>{said(one.value, question)}</Words>{" "}
                <span class="quiet">
                  <Time at={one.answered_at} isShort />
                  {one.late && `, ${t("late")}`}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function said(value: unknown, question: Answers["questions"][number]): string {
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  if (question.answer === "one-of" && typeof value === "number") return question.choices[value] ?? String(value);
  if (typeof value === "number") return question.unit ? `${number(value)} ${question.unit}` : number(value);
  return String(value);
}
