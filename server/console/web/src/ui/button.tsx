// A button that does something at the hub: it says so while it is being done, and cannot be pressed twice. One that cannot be pressed
// keeps its place in the order of the keyboard: the browser takes the focus from what is disabled, and nobody knows where it went.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";

export type ButtonKind = "primary" | "plain" | "danger";

export function Button(props: {
  kind?: ButtonKind;
  type?: "button" | "submit";
  onPress?: () => unknown;
  isBusy?: boolean;
  disabled?: boolean;
  describedBy?: string;
  children: ComponentChildren;
}) {
  const [isWorking, setWorking] = useState(false);
  const isBusy = isWorking || Boolean(props.isBusy);
  const isOff = isBusy || Boolean(props.disabled);
  const press = async (event: Event) => {
    if (isOff) event.preventDefault();
    if (isOff || !props.onPress) return;
    setWorking(true);
    try {
      await props.onPress();
    } finally {
      setWorking(false);
    }
  };
  return (
    <button
      type={props.type ?? "button"}
      class={`button button-${props.kind ?? "plain"}`}
      aria-disabled={isOff || undefined}
      aria-describedby={props.describedBy}
      onClick={press}
    >
      {props.children}
      {isBusy && <span class="visually-hidden">{t("Please wait")}</span>}
    </button>
  );
}
