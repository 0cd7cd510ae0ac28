// A question that must be answered before anything else: the browser's own dialog, which keeps the focus inside and ends with Escape.
// It begins at its title, so that it is read before it is answered; afterwards the focus is where it was before.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./button";

export function Dialog(props: { title: string; isOpen: boolean; onClose: () => void; children: ComponentChildren; actions?: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const isOwn = useRef(false);
  const opener = useRef<HTMLElement | null>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (props.isOpen && !element?.open) {
      opener.current = document.activeElement as HTMLElement | null;
      element?.showModal();
      heading.current?.focus();
    }
    if (!props.isOpen && element?.open) {
      isOwn.current = true;
      element.close();
    }
  }, [props.isOpen]);
  useEffect(() => {
    const element = dialog.current;
    return () => {
      if (!element?.open) return;
      element.close();
      opener.current?.focus(); // the browser gives it back when a dialog is closed, not when it is taken away
    };
  }, []);
  const closed = () => {
    // what the page closed itself is told late: it may be open again
    if (!isOwn.current && props.isOpen && dialog.current) props.onClose();
    isOwn.current = false;
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={closed}>
      {props.isOpen && (
        <>
          <h2 id={id} tabIndex={-1} ref={heading}>{props.title}</h2>
          {props.children}
          <div class="actions">
            {props.actions}
            <Button onPress={props.onClose}>{t("Back")}</Button>
          </div>
        </>
      )}
    </dialog>
  );
}
