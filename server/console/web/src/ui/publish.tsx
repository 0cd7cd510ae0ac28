// Publishing asks with the numbers: how many devices, where, until when, and whether a second person is needed.
import { useEffect, useState } from "preact/hooks";
import { post, Problem } from "../api";
import { fromLocal, type Draft } from "../compose";
import type { Schema } from "../hub";
import { t, tn } from "../i18n";
import { Outcome, useAction } from "./action";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { TextArea, TextField } from "./field";
import { NotReal } from "./alerttext";
import { Time } from "./words";

export type DryRun = Schema<"DraftRehearsalAnswer">;

/** "12,431 devices in 3 areas". */
export function Numbers({ tried }: { tried: DryRun }) {
  const { audience, reached } = tried;
  const areas = audience.areas?.length ?? 0;
  const where = audience.everyone
    ? t("everywhere")
    : areas > 0
      ? tn("in {n} area", "in {n} areas", areas)
      : t("as named");
  return (
    <p class="numbers">
      <strong>{tn("{n} device", "{n} devices", reached.devices)}</strong> {where}
    </p>
  );
}

/** What the hub says that publishing would do. */
export function useDryRun(draft: Draft | null, isOpen: boolean): { tried: DryRun | null; error: unknown; again: () => void } {
  const [state, setState] = useState<{ tried: DryRun | null; error: unknown }>({ tried: null, error: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!draft || !isOpen) return undefined;
    let isWanted = true;
    setState({ tried: null, error: null });
    post<DryRun>(`/v1/drafts/${draft.id}/dry-run`, { version: draft.version }).then(
      (tried) => isWanted && setState({ tried, error: null }),
      (error: unknown) => isWanted && setState({ tried: null, error }),
    );
    return () => {
      isWanted = false;
    };
  }, [draft?.id, draft?.version, isOpen, turn]);
  return { ...state, again: () => setTurn((before) => before + 1) };
}

export function PublishDialog(props: { draft: Draft; isOpen: boolean; onClose: () => void; onDone: (draft: Draft) => void }) {
  const { draft, isOpen } = props;
  const { tried, error, again } = useDryRun(draft, isOpen);
  const [at, setAt] = useState("");
  const [reason, setReason] = useState("");
  const action = useAction();
  const publish = async (more: object) => {
    await action.run(async () => {
      try {
        const body = { version: draft.version, devices: tried!.reached.devices, ...more };
        props.onDone(await post<Draft>(`/v1/drafts/${draft.id}/publish`, body));
      } catch (problem) {
        if (problem instanceof Problem && problem.name === "numbers-changed") again();
        throw problem;
      }
    });
  };
  const time = at ? { publish_at: fromLocal(at) } : {};
  return (
    <Dialog
      title={tried?.second_person ? t("Hand this alert in for approval?") : t("Publish this alert?")}
      isOpen={isOpen}
      onClose={props.onClose}
      actions={
        tried &&
        draft.status !== "waiting" && (
          <Button kind="primary" onPress={() => publish(time)}>
            {tried.second_person ? t("Hand it in") : at ? t("Schedule it") : t("Publish now")}
          </Button>
        )
      }
    >
      <Outcome of={{ ...action, error: action.error ?? error }} />
      {!tried && !error && <p role="status">{t("Loading…")}</p>}
      {tried && (
        <>
          <NotReal status={draft.alert_status} />
          <Numbers tried={tried} />
          <p>
            {t("It holds until")} <Time at={tried.expires} />
            {" · "}
            {tn("{n} of them is connected now", "{n} of them are connected now", tried.reached.connected)}
          </p>
          {tried.second_person && (
            <p>
              {t("It is Extreme: another person, an approver, must approve it before it goes out.")}
            </p>
          )}
          {tried.reports.length > 0 && (
            <ul>
              {tried.reports.map((report) => (
                <li key={report}>{report}</li>
              ))}
            </ul>
          )}
          <TextField
            label={t("Go out at")}
            hint={t("Empty: at once. In this computer's time.")}
            type="datetime-local"
            value={at}
            onValue={setAt}
            isOptional
          />
          {tried.second_person && (
            <details class="break-glass">
              <summary>{t("Break the glass: nobody else can be reached")}</summary>
              <p>{t("It goes out at once. Your name and your reason stand in the audit log, and everybody who follows the hub hears of it.")}</p>
              <TextArea label={t("Why, in words")} value={reason} onValue={setReason} maxLength={500} rows={2} />
              <Button kind="danger" disabled={reason.trim().length < 10} onPress={() => publish({ break_glass: reason })}>
                {t("Publish without a second person")}
              </Button>
            </details>
          )}
        </>
      )}
    </Dialog>
  );
}
