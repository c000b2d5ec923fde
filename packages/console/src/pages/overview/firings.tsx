import type { JSX } from "preact";
import type { TriggerMessage } from "@appenv/protocol/tasks";
import { Text } from "../../parts/text.tsx";
import { Ago } from "../../parts/time.tsx";
import { pathOf } from "../../route/names.ts";
import { firesNext } from "../trigger-row.tsx";

const shown = 6;

/** The triggers that fire next. */
export function Firings({
  triggers,
}: {
  readonly triggers: readonly TriggerMessage[] | undefined;
}): JSX.Element | null {
  if (triggers === undefined) return null;
  const next = triggers
    .flatMap((trigger) => {
      const at = firesNext(trigger);
      return at === undefined ? [] : [{ trigger, at }];
    })
    .toSorted((one, other) => one.at - other.at)
    .slice(0, shown);
  if (next.length === 0) return <p class="empty">No trigger is active.</p>;
  return (
    <ul class="cards">
      {next.map(({ trigger: { id }, at }) => (
        <li key={`${id?.name?.taskName} ${id?.name?.name}`}>
          <a href={`${pathOf("triggers", id?.name)}?task=${encodeURIComponent(id?.name?.taskName ?? "")}`}>
            <Text of={id?.name?.name ?? ""} />
          </a>
          <Ago at={at} />
        </li>
      ))}
    </ul>
  );
}
