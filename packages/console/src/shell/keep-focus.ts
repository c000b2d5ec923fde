/**
 * Brings the focus back that the browser drops when what has it is disabled for a while, or goes: to the same, once it can have
 * it again, or to what is next to it. Whoever works by keyboard would begin at the top of the document otherwise.
 */
export function keepFocus(): void {
  let last: HTMLElement | undefined;
  let around: HTMLElement | undefined;
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    around = focusableAround(target);
  });
  // A press on nothing drops the focus on purpose.
  document.addEventListener("pointerdown", () => (last = undefined), { capture: true });
  const observer = new MutationObserver(() => {
    if (last === undefined || (document.activeElement !== document.body && document.activeElement !== null)) return;
    if (!last.isConnected) last = successorOf(around);
    if (last?.matches(":disabled") === false) last.focus({ preventScroll: true });
  });
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });
}

/** The list or the table that something stands in, or the button of the menu. */
function focusableAround(target: HTMLElement): HTMLElement | undefined {
  const found = target.parentElement?.closest<HTMLElement>("details, [tabindex='0']");
  return (found instanceof HTMLDetailsElement ? found.querySelector("summary") : found) ?? undefined;
}

/** The element that gets the focus instead of one that has gone; in a dialog, one of its buttons. */
function successorOf(around: HTMLElement | undefined): HTMLElement | undefined {
  const dialog = document.querySelector("dialog[open]");
  const head = document.querySelector<HTMLElement>("main h1") ?? undefined;
  if (dialog === null) return around?.isConnected === true ? around : head;
  return (
    dialog.querySelector<HTMLElement>(":scope > .dialog > header ~ * button") ??
    dialog.querySelector("button") ??
    undefined
  );
}
