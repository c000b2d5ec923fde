import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { LongText } from "./long-text.tsx";
import { CopyButton } from "./notice.tsx";
import { Text } from "./text.tsx";

const shownLength = 20_000;

/** Values as JSON. Long ones are cut until the reader wants all. */
export function Values({ of, what }: { readonly of: unknown; readonly what: string }): JSX.Element {
  const all = useSignal(false);
  const text = useMemo(() => JSON.stringify(of, undefined, 2) ?? "null", [of]);
  const isLong = text.length > shownLength;
  const cut = isLong && !all.value;
  return (
    <div class="values">
      <CopyButton text={() => text} what={what} />
      {isLong && all.value ? (
        <LongText text={text} what={what} />
      ) : (
        <pre tabIndex={0} aria-label={what}>
          <Text of={text.slice(0, shownLength)} />
        </pre>
      )}
      {cut ? (
        <button type="button" onClick={() => (all.value = true)}>
          Show all {Math.ceil(text.length / 1_000)} KB
        </button>
      ) : null}
    </div>
  );
}
