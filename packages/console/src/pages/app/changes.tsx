import type { JSX } from "preact";
import type { DefinitionChangeMessage } from "@appenv/protocol";
import { Text } from "../../parts/text.tsx";

/** The differences of a revision from the one before it. */
export function Changes({ of }: { readonly of: readonly DefinitionChangeMessage[] }): JSX.Element | null {
  if (of.length === 0) return null;
  const [first] = of;
  return (
    <details class="changes">
      <summary>{of.length === 1 ? <Text of={`${first?.path} changed`} /> : `${of.length} changes`}</summary>
      <dl>
        {of.map(({ path, before, after }) => (
          <div key={path}>
            <dt>
              <Text of={path} />
            </dt>
            <dd>
              {before === undefined ? null : (
                <del>
                  <Text of={before} />
                </del>
              )}{" "}
              {after === undefined ? null : (
                <ins>
                  <Text of={after} />
                </ins>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
