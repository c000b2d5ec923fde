import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A list of choices below a button. Esc closes it and goes back to the button, a press elsewhere closes it too. */
export function Menu({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => closeFromOutside(element.current), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const { current } = element;
    if (event.key !== "Escape" || current?.open !== true) return;
    event.preventDefault();
    current.open = false;
    current.querySelector("summary")?.focus();
  };
  return (
    <details ref={element} class="menu" onKeyDown={onKeyDown}>
      <summary>{label}</summary>
      <div class="menu-body">{children}</div>
    </details>
  );
}

/** A menu lies over the page: it goes once the focus is elsewhere, or something else is pressed. */
function closeFromOutside(menu: HTMLDetailsElement | null): (() => void) | undefined {
  if (menu === null) return undefined;
  const stop = new AbortController();
  const close = ({ target }: Event): void => {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  };
  for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, close, { signal: stop.signal });
  return () => stop.abort();
}
