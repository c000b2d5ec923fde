import type { JSX } from "preact";
import { plain, Text } from "./text.tsx";

/** The labels of a run in a row; where they are cut off, their title has all of them. */
export function Labels({ of }: { readonly of: Readonly<Record<string, string>> }): JSX.Element {
  const texts = Object.entries(of).map(([key, value]) => `${key}=${value}`);
  return (
    <span title={texts.map(plain).join("\n")}>
      {texts.map((text) => (
        <span key={text} class="label">
          <Text of={text} />
        </span>
      ))}
    </span>
  );
}
