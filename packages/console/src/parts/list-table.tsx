import type { ComponentChildren, JSX } from "preact";

/** A table of things; on a narrow screen it is scrolled, by the keyboard too. */
export function ListTable({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="scrolls" role="region" aria-label={label} tabIndex={0}>
      <table class="list">{children}</table>
    </div>
  );
}
