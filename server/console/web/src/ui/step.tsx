// A part of a long form, as a card with its number.
import type { ComponentChildren } from "preact";

export function Step(props: { number: number; title: string; children: ComponentChildren }) {
  return (
    <section class="step card">
      <h2 id={`step-${props.number}`} tabIndex={-1}>
        <span class="step-number" aria-hidden="true">
          {props.number}
        </span>{" "}
        {props.title}
      </h2>
      {props.children}
    </section>
  );
}
