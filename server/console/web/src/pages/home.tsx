// The situation: everything that is in force, every area, what waits and what fails, live. Made for a wall as well as for a phone.
import { t, tn } from "../i18n";
import { useLive, type SituationState } from "../live";
import { Announcer, Figure, LineState, Still } from "../ui/live";
import { Page } from "../ui/page";
import { drawnAlert, graver, GRAVITY, useNews } from "./home/alerts";
import { Areas, atTop, useNames } from "./home/areas";
import { Failures, Silent, Waiting } from "./home/attention";
import { useProjector } from "./home/projector";

export default function Home() {
  const { state, line } = useLive<SituationState>("situation");
  const [isLarge, setLarge] = useProjector();
  return (
    <Page
      title={t("Situation")}
      actions={
        <button type="button" class="button" aria-pressed={isLarge} onClick={() => setLarge(!isLarge)}>
          {isLarge ? t("Leave the projector view") : t("Projector view")}
        </button>
      }
    >
      <LineState line={line} />
      {state && <Everything state={state} />}
    </Page>
  );
}

function Everything({ state }: { state: SituationState }) {
  const real = state.alerts.filter((alert) => alert.status === "Actual");
  const lacking = atTop(state.areas).reduce((sum, row) => sum + row.lacking, 0);
  const names = useNames(state.areas);
  const alerts = [...state.alerts].sort(graver);
  return (
    <>
      <Announcer words={useNews(state)} />
      <dl class="figures figures-large">
        <Figure label={t("Alerts in force")} count={real.length + state.alerts_left_off} />
        <Figure label={t("Extreme or Severe")} count={real.filter((alert) => GRAVITY[alert.severity]! < 2).length} kind="lacks" />
        <Figure label={t("Devices that lack one")} count={lacking} kind="lacks" />
        <Figure label={t("Waits for a decision")} count={state.waiting.length} />
        <Figure label={t("Silent")} count={state.silent.length} />
        <Figure label={t("Fails")} count={state.failures.length} />
      </dl>
      <div>
        <h2>{t("In force")}</h2>
        {alerts.length === 0 && <p class="quiet">{t("No alert is in force.")}</p>}
        <ul class="in-force">
          {alerts.map((alert) => (
            <Still key={alert.number} value={alert} also={names} draw={(one) => drawnAlert(one, names)} />
          ))}
        </ul>
        {state.alerts_left_off > 0 && (
          <p class="quiet">{tn("{n} more is in force.", "{n} more are in force.", state.alerts_left_off)}</p>
        )}
      </div>
      <Areas rows={state.areas} />
      <div class="columns">
        {state.waiting.length > 0 && <Waiting rows={state.waiting} />}
        {state.silent.length > 0 && <Silent rows={state.silent} />}
        {state.failures.length > 0 && <Failures rows={state.failures} />}
      </div>
    </>
  );
}
