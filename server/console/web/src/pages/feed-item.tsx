// One alert that a feed brought, as a person reads it, and the decision whether it is published.
import { useState } from "preact/hooks";
import { post } from "../api";
import type { Schema } from "../hub";
import { said, t } from "../i18n";
import { isAtLeast, useSession } from "../session";
import { Outcome, useAction } from "../ui/action";
import { audienceOf, type Audience } from "../places";
import { AlertText } from "../ui/alerttext";
import { AudiencePicker } from "../ui/audience";
import { Button } from "../ui/button";
import { CheckField, TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";
import { Heard, Status, Time, Words } from "../ui/words";
import { whom } from "./alerts";
import { OUTCOMES } from "./feed-items";

type Detail = Schema<"FeedItemDetail">;

function Decision({ item, onDone }: { item: Detail; onDone: () => void }) {
  const action = useAction();
  const [words, setWords] = useState("");
  const [audience, setAudience] = useState<Audience | null>(null);
  const decide = async (what: "approve" | "reject", body: object) => {
    if (await action.run(() => post(`/v1/feed-items/${item.item}/${what}`, body))) onDone();
  };
  return (
    <section class="card">
      <h2>{t("Your decision")}</h2>
      <CheckField
        label={t("For others than it says")}
        checked={audience !== null}
        onValue={(isOther) => setAudience(isOther ? audienceOf(item.audience) : null)}
      />
      {audience && <AudiencePicker value={audience} onValue={setAudience} />}
      <TextField label={t("Why, if you reject it")} value={words} onValue={setWords} maxLength={500} isOptional />
      <Outcome of={action} />
      <div class="actions">
        <Button kind="primary" onPress={() => decide("approve", audience ? { audience } : {})}>
          {t("Approve: publish it now")}
        </Button>
        <Button kind="danger" onPress={() => decide("reject", { words })}>
          {t("Reject")}
        </Button>
      </div>
    </section>
  );
}

export default function FeedItem({ item }: { item: string }) {
  const { session } = useSession();
  const found = useLoad<Detail>(`/v1/feed-items/${item}`);
  return (
    <Page title={t("An alert from a feed")}>
      <Loading of={found}>
        {(detail) => (
          <>
            <p>
              <Status value={detail.status || "Actual"} /> <strong>{said(OUTCOMES[detail.outcome])}</strong>{" "}
              {detail.number !== null && <a href={`/console/alerts/${detail.number}`}>{t("Alert {number}", { number: detail.number })}</a>}
            </p>
            {detail.words && (
              <p>
                <Heard>{detail.words}</Heard>
              </p>
            )}
            <dl class="facts">
              <dt>{t("Feed")}</dt>
              <dd>
                <a href={`/console/feeds/${encodeURIComponent(detail.feed)}`}>{detail.feed}</a>
              </dd>
              <dt>{t("Sender")}</dt>
              <dd>
                <Words>{detail.sender || "–"}</Words>
              </dd>
              <dt>{t("Message")}</dt>
              <dd>{detail.msgType || "–"}</dd>
              <dt>{t("For")}</dt>
              <dd>
                <Words>{detail.audience ? whom(detail) : t("nobody yet")}</Words>
              </dd>
              <dt>{t("Holds until")}</dt>
              <dd>{detail.expires ? <Time at={detail.expires} /> : "–"}</dd>
              <dt>{t("Signature")}</dt>
              <dd>
                <Words lang="en">{`${detail.signature} ${detail.signature_words}`.trim() || "–"}</Words>
              </dd>
              <dt>{t("Found at")}</dt>
              <dd>
                <code dir="ltr">{detail.address}</code>
              </dd>
              {detail.decided_by && (
                <>
                  <dt>{t("Decided by")}</dt>
                  <dd>
                    <Words>{detail.decided_by}</Words>, <Time at={detail.decided_at} />
                  </dd>
                </>
              )}
            </dl>
            {!detail.alert && detail.headline && (
              <h2>
                <Words>{detail.headline}</Words>
              </h2>
            )}
            {detail.alert && <AlertText alert={detail.alert} />}
            {detail.outcome === "held" && isAtLeast(session, "author") && <Decision item={detail} onDone={found.reload} />}
          </>
        )}
      </Loading>
      <p>
        <a href="/console/feed-items">{t("All that waits")}</a>
      </p>
    </Page>
  );
}
