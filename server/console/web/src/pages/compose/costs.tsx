// What the hub says of it while it is written: its size, its cost, what is missing.
import { useEffect, useState } from "preact/hooks";
import { post } from "../../api";
import { toContent, type Estimate, type Working } from "../../compose";
import { languageName, number, t, tn } from "../../i18n";
import { Words } from "../../ui/words";

const ESTIMATE_PAUSE_MS = 500;

/** What the hub says of it, a moment after the last key. */
export function useEstimate(working: Working): { body: Estimate | null; error: unknown } {
  const [state, setState] = useState<{ body: Estimate | null; error: unknown }>({ body: null, error: null });
  const key = JSON.stringify(toContent(working));
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      post<Estimate>("/v1/estimates", JSON.parse(key)).then(
        (body) => isWanted && setState({ body, error: null }),
        (error: unknown) => isWanted && setState((before) => ({ ...before, error })),
      );
    }, ESTIMATE_PAUSE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key]);
  return state;
}

export function Costs({ estimate, error }: { estimate: Estimate | null; error: unknown }) {
  if (error && !estimate) return null;
  return (
    <section class="costs" aria-label={t("Size and cost")}>
      <h2>{t("Size and cost")}</h2>
      {estimate && (
        <>
          <table>
            <caption class="visually-hidden">{t("Size in each language")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("Language")}</th>
                <th scope="col" class="number">
                  {t("Bytes")}
                </th>
                <th scope="col" class="number">
                  {t("On 2G")}
                </th>
                <th scope="col" class="number">
                  {t("Devices")}
                </th>
              </tr>
            </thead>
            <tbody>
              {estimate.variants.map((one) => (
                <tr key={one.languages.join()}>
                  <th scope="row">
                    <Words>{one.languages.map(languageName).join(", ")}</Words>
                  </th>
                  <td class="number">{number(one.link_bytes)}</td>
                  <td class="number">{t("{seconds} s", { seconds: number(one.seconds_on_2g, { maximumFractionDigits: 1 }) })}</td>
                  <td class="number">{number(one.devices)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p>
            {tn("{n} device", "{n} devices", estimate.devices)}
            {", "}
            {t("{kilobytes} KB for all", { kilobytes: number(estimate.fleet_bytes / 1000, { maximumFractionDigits: 1 }) })}
            {estimate.cost !== null && (
              <>
                {", "}
                <strong>
                  {number(estimate.cost, { maximumFractionDigits: 2 })} {estimate.currency}
                </strong>
              </>
            )}
          </p>
        </>
      )}
    </section>
  );
}
