import { useSignal } from "@preact/signals";
import type { HTMLAttributes, JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

const spare = 8;

/** A long list of which only the rows in sight are made. All rows are of one height. */
export function WindowList<T>({
  items,
  rowHeight,
  render,
  keyOf,
  list,
  shown,
  onScrolled,
  onEnd,
  onShown,
  ...attributes
}: {
  readonly items: readonly T[];
  /** In pixels. */
  readonly rowHeight: number;
  readonly render: (item: T, index: number) => JSX.Element;
  readonly keyOf: (item: T, index: number) => string;
  readonly list?: RefObject<HTMLDivElement | null>;
  /** The index of the row that is to be in sight. */
  readonly shown?: number;
  readonly onScrolled?: (element: HTMLDivElement) => void;
  /** Called when the last rows come in sight. */
  readonly onEnd?: () => void;
  /** Called with the rows that are made, from the first to before the last. */
  readonly onShown?: (first: number, last: number) => void;
} & Omit<HTMLAttributes<HTMLDivElement>, "list" | "onScroll">): JSX.Element {
  const own = useRef<HTMLDivElement>(null);
  const element = list ?? own;
  const view = useSignal({ top: 0, height: 800 });
  const look = (): void => {
    const { scrollTop: top = 0, clientHeight: height = 0 } = element.current ?? {};
    if (element.current !== null) onScrolled?.(element.current);
    if (top !== view.value.top || height !== view.value.height) view.value = { top, height };
  };
  useEffect(() => watchSize(element.current, look), []);
  useLayoutEffect(() => bringInSight(element.current, shown, rowHeight), [shown, rowHeight]);
  const first = Math.max(0, Math.floor(view.value.top / rowHeight) - spare);
  const last = Math.min(items.length, Math.ceil((view.value.top + view.value.height) / rowHeight) + spare);
  useEffect(() => {
    if (last >= items.length) onEnd?.();
  }, [last >= items.length, items.length]);
  useEffect(() => onShown?.(first, last), [first, last]);
  return (
    <div ref={element} onScroll={look} {...attributes}>
      <div class="window" role="presentation" style={{ height: `${items.length * rowHeight}px` }}>
        {items.slice(first, last).map((item, offset) => {
          const index = first + offset;
          return (
            <div
              key={keyOf(item, index)}
              role="presentation"
              class="window-row"
              style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
            >
              {render(item, index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function watchSize(element: HTMLElement | null, look: () => void): (() => void) | undefined {
  if (element === null) return undefined;
  look();
  const observer = new ResizeObserver(look);
  observer.observe(element);
  return () => observer.disconnect();
}

function bringInSight(element: HTMLElement | null, index: number | undefined, rowHeight: number): void {
  if (element === null || index === undefined || index < 0) return;
  const top = index * rowHeight;
  if (top < element.scrollTop) element.scrollTop = top;
  const bottom = top + rowHeight - element.clientHeight;
  if (bottom > element.scrollTop) element.scrollTop = bottom;
}
