// The focus never falls out of the page: where what had it is taken away (a row, a question that is answered, a button that was
// pressed), it goes to the part in which it stood, so that whoever works with the keyboard goes on from there.

const HEADINGS = "h1, h2, h3, legend:not(:has(h3))";

const isShown = (element: HTMLElement): boolean => element.isConnected && element.checkVisibility();

/** The place nearest to where something stood: what can have the focus itself, or the heading of what lay around it. */
function placeIn(around: readonly HTMLElement[]): HTMLElement | undefined {
  for (const one of around) {
    if (!isShown(one)) continue;
    if (one.tabIndex >= 0) return one;
    const heading = [...one.querySelectorAll<HTMLElement>(HEADINGS)].find(isShown);
    if (heading) return heading;
  }
  return undefined;
}

export function keepFocus(root: HTMLElement): void {
  let last: HTMLElement | null = null;
  let around: HTMLElement[] = [];
  document.addEventListener("focusin", (event) => {
    last = event.target as HTMLElement;
    around = [];
    for (let one = last.parentElement; one && one !== root; one = one.parentElement) around.push(one);
  });
  document.addEventListener("focusout", ({ target }) => {
    // whoever presses beside everything has left it by intent
    setTimeout(() => {
      if (last === target && last?.isConnected && document.activeElement !== last) last = null;
    });
  });
  new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    last = null;
    const place = placeIn(around);
    if (!place) return;
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus();
  }).observe(root, { childList: true, subtree: true });
}
