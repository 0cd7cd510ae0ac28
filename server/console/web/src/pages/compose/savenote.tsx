// Whether what is written is kept, and what can be done when it is not.
import { t } from "../../i18n";
import type { Saving } from "../../saving";
import { Button } from "../../ui/button";
import { ProblemNotice } from "../../ui/notice";

export function SaveNote({ saving }: { saving: Saving }) {
  const words: Record<Saving["state"], string> = {
    clean: saving.draft ? t("Kept as draft {number}.", { number: String(saving.draft.id) }) : t("Nothing to keep yet."),
    waiting: t("Keeping it…"),
    saving: t("Keeping it…"),
    offline: t("The hub cannot be reached. Your words are kept on this computer, and sent when it can."),
    changed: t("Somebody else has changed this draft."),
    refused: t("The hub does not take it."),
  };
  return (
    <div class="save-note">
      <p role="status">{words[saving.state]}</p>
      {saving.state === "changed" && (
        <div class="actions">
          <Button onPress={() => location.reload()}>{t("Read theirs")}</Button>
          <Button kind="danger" onPress={saving.overwrite}>
            {t("Put mine in its place")}
          </Button>
        </div>
      )}
      {saving.state === "refused" && <ProblemNotice error={saving.error} />}
    </div>
  );
}
