// What waits for a decision, who is silent, and what fails.
import { part } from "../../api";
import { said, say, t } from "../../i18n";
import type { SituationState } from "../../live";
import { Heard, Severity, Time, Words } from "../../ui/words";

export function Waiting({ rows }: { rows: SituationState["waiting"] }) {
  return (
    <div>
      <h2>{t("Waits for a decision")}</h2>
      <ul class="latest">
        {rows.map((row) => (
          <li key={`${row.kind} ${row.id}`}>
            <a href={row.kind === "draft" ? `/console/drafts/${part(row.id)}` : `/console/feed-items/${part(row.id)}`}>
              <Words>{row.title}</Words>
            </a>{" "}
            {row.severity && <Severity value={row.severity} />}{" "}
            <span class="quiet">
              <bdi>{row.by}</bdi>, <Time at={row.since} isShort />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const KINDS: Record<string, string> = {
  sender: say("Sender"),
  feed: say("Feed"),
  area: say("Area"),
  acks: say("Acknowledgements from"),
};

export function Silent({ rows }: { rows: SituationState["silent"] }) {
  return (
    <div>
      <h2>{t("Silent")}</h2>
      <ul class="latest">
        {rows.map((row) => (
          <li key={`${row.kind} ${row.name}`}>
            {said(KINDS[row.kind] ?? row.kind)}{" "}
            <strong>
              <Words>{row.name}</Words>
            </strong>{" "}
            <span class="quiet">
              {t("since")} <Time at={row.since} isShort />. <Heard>{row.words}</Heard>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const FAILING: Record<string, { message: string; page: string }> = {
  feed: { message: say("Feed"), page: "/console/feeds" },
  rule: { message: say("Rule"), page: "/console/rules" },
  webhook: { message: say("Webhook"), page: "/console/webhooks" },
};

export function Failures({ rows }: { rows: SituationState["failures"] }) {
  return (
    <div>
      <h2>{t("Fails")}</h2>
      <ul class="latest">
        {rows.map((row) => {
          const { message, page } = FAILING[row.kind]!;
          return (
            <li key={`${row.kind} ${row.name}`}>
              {said(message)}{" "}
              <a href={page}>
                <Words>{row.name}</Words>
              </a>{" "}
              <span class="quiet">
                <Heard>{row.words}</Heard> {row.since && <Time at={row.since} isShort />}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
