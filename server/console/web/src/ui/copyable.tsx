// Something to take elsewhere exactly as it is: an address, a secret.
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./button";

export function Copyable({ children }: { children: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(children);
      setSaid(t("Copied."));
    } catch {
      setSaid(t("The browser does not allow it: mark the text and copy it yourself."));
    }
  };
  return (
    <span class="copyable">
      <code dir="ltr">{children}</code>{" "}
      {/* Over plain HTTP from another machine browsers have no clipboard for pages. */}
      {window.isSecureContext && (
        <Button onPress={copy}>
          {t("Copy")}
          <span class="visually-hidden"> {children}</span>
        </Button>
      )}{" "}
      <span role="status">{said}</span>
    </span>
  );
}
