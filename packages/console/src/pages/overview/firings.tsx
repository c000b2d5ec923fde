import type { JSX } from "preact";
import type { Firings as TriggerFirings } from "@appenv/protocol/tasks";
import { Text } from "../../parts/text.tsx";
import { Ago } from "../../parts/time.tsx";
import { pathOf } from "../../route/names.ts";
import { firesNext } from "../trigger-firings.ts";

const shown = 6;

/** The triggers that fire next. */
export function Firings({
  triggers,
}: {
  readonly triggers: readonly TriggerFirings[] | undefined;
}): JSX.Element | null {
  if (triggers === undefined) return null;
  const next = triggers
    .flatMap((firings) => {
      const at = firesNext(firings);
      return at === undefined ? [] : [{ trigger: firings.trigger, at }];
    })
    .toSorted((one, other) => one.at - other.at)
    .slice(0, shown);
  if (next.length === 0) return <p class="empty">No trigger is active.</p>;
  return (
    <ul class="cards">
      {next.map(({ trigger, at }) => (
        <li key={`${trigger?.task} ${trigger?.name}`}>
          <a href={`${pathOf("triggers", trigger)}?task=${encodeURIComponent(trigger?.task ?? "")}`}>
            <Text of={trigger?.name ?? ""} />
          </a>
          <Ago at={at} />
        </li>
      ))}
    </ul>
  );
}
