import type { JSX } from "preact";
import { SimpleType, type LiteralType, type VariableEntry } from "@appenv/protocol/tasks";
import { Text } from "../../parts/text.tsx";

/** The names and types of a task's inputs or outputs. */
export function Variables({
  title,
  of,
}: {
  readonly title: string;
  readonly of: readonly VariableEntry[];
}): JSX.Element {
  return (
    <section>
      <h2>{title}</h2>
      {of.length === 0 ? <p class="quiet">None.</p> : null}
      <dl class="pairs">
        {of.map(({ key, value }) => (
          <div key={key}>
            <dt>
              <Text of={key} />
            </dt>
            <dd>
              <code>{typeWords(value?.type)}</code>
              {value?.description && value.description !== key ? (
                <span class="quiet block">
                  <Text of={value.description} />
                </span>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function typeWords(type: LiteralType | undefined): string {
  const of = type?.type;
  switch (of?.case) {
    case "simple":
      return SimpleType[of.value].toLowerCase();
    case "collectionType":
      return `list of ${typeWords(of.value)}`;
    case "mapValueType":
      return `map of ${typeWords(of.value)}`;
    case "unionType":
      return of.value.variants.map(typeWords).join(" or ");
    case "enumType":
      return of.value.values.map((value) => JSON.stringify(value)).join(" or ");
    case "blob":
      return "file";
    default:
      return of?.case ?? "any";
  }
}
