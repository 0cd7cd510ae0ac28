// What stands at an address that no page has.
import { t } from "../i18n";
import { Page } from "./page";

export function NotFound() {
  return (
    <Page title={t("There is no such page")}>
      <p>
        <a href="/">{t("Go to the situation")}</a>
      </p>
    </Page>
  );
}
