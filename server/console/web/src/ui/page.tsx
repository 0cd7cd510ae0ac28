// The frame of one page: its title in the window and as the heading, which takes the focus when the page is opened.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Where a heading took the focus last; a fresh window begins at its top, as every page does. */
let shownAt: string | null = null;

export function Page(props: { title: string; intro?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} · Tocsin`;
  }, [props.title]);
  useEffect(() => {
    // what only takes the place of "Loading…" leaves the focus with whoever has gone on meanwhile
    const isLost = document.activeElement === document.body;
    if (shownAt !== null && (shownAt !== location.pathname || isLost)) heading.current?.focus();
    shownAt = location.pathname;
  }, []);
  return (
    <div class="page">
      <div class="page-head">
        <h1 tabIndex={-1} ref={heading}>
          {props.title}
        </h1>
        {props.actions && <div class="actions">{props.actions}</div>}
      </div>
      {props.intro && <p class="intro">{props.intro}</p>}
      {props.children}
    </div>
  );
}
