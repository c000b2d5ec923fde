import type { JSX } from "preact";
import type { Queue } from "@appenv/protocol/tasks";
import { Choices } from "../../parts/choices.tsx";
import { Empty, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { areApart, PlaceOf } from "../../parts/place.tsx";
import { filterText, TextFilter } from "../../parts/text-filter.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago } from "../../parts/time.tsx";
import { WindowTable } from "../../parts/window-table.tsx";
import { pathOf } from "../../route/names.ts";
import { readQuery, setQuery } from "../../route/query.ts";
import { useQueues } from "./live.ts";
import { limitsOf, msOf } from "./words.ts";

const columns = ["Queue", "Waiting", "Running", "Limits", "Oldest waits", "Paused by"];
const stateChoices = [
  ["", "All"],
  ["used", "In use"],
  ["paused", "Paused"],
] as const;

/** All queues: those in which most waits first. */
export function QueuesPage(): JSX.Element {
  const { all, failure } = useQueues();
  const apart = areApart([...(all?.values() ?? [])].map(({ name }) => name));
  const shown = all === undefined ? undefined : chosen([...all.values()]);
  return (
    <>
      <PageHead title="Queues" />
      <TextFilter label="Filter queues">
        <Choices
          label="State"
          of={stateChoices}
          chosen={readQuery("state") as (typeof stateChoices)[number][0]}
          onChoose={(state) => setQuery({ state })}
        />
      </TextFilter>
      <FailureNotice failure={failure} />
      {all?.size === 0 ? <Empty>There are no queues yet. Every deployed task has one.</Empty> : null}
      {shown?.length === 0 && all?.size !== 0 ? <Empty>No queue meets these filters.</Empty> : null}
      {shown?.length === 0 ? null : (
        <WindowTable
          label="Queues"
          kind="queues"
          columns={columns}
          items={shown}
          keyOf={({ name }) => pathOf("queues", name)}
          render={(queue) => <Cells queue={queue} apart={apart} />}
        />
      )}
    </>
  );
}

function Cells({ queue, apart }: { readonly queue: Queue; readonly apart: boolean }): JSX.Element {
  const { name, waiting, running, oldestAt, paused } = queue;
  return (
    <>
      <span role="cell" class="cell name">
        <a href={pathOf("queues", name)}>
          <Text of={name?.name ?? ""} />
        </a>{" "}
        <PlaceOf of={name} isShown={apart} />
      </span>
      <span role="cell" class="cell">
        {waiting}
        <span class="narrow-only"> waiting</span>
      </span>
      <span role="cell" class="cell">
        {running}
        <span class="narrow-only"> running</span>
      </span>
      <span role="cell" class="cell wide-only">
        <Text of={limitsOf(queue)} />
      </span>
      <span role="cell" class="cell wide-only">
        <Ago at={msOf(oldestAt)} />
      </span>
      <span role="cell" class="cell wide-only">
        <Text of={paused?.by ?? ""} />
      </span>
    </>
  );
}

function chosen(all: readonly Queue[]): readonly Queue[] {
  const text = filterText();
  const state = readQuery("state");
  return all
    .filter(({ name }) => (name?.name ?? "").toLowerCase().includes(text))
    .filter(({ waiting, running, paused }) => state !== "used" || waiting + running > 0 || paused !== undefined)
    .filter(({ paused }) => state !== "paused" || paused !== undefined)
    .toSorted((one, other) => other.waiting - one.waiting || other.running - one.running || nameOrder(one, other));
}

function nameOrder(one: Queue, other: Queue): number {
  return (one.name?.name ?? "") < (other.name?.name ?? "") ? -1 : 1;
}
