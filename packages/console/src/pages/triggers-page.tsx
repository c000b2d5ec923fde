import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { triggers } from "../api/clients.ts";
import { runChanges, runFeed } from "../live/run-changes.ts";
import { useData } from "../live/use-data.ts";
import { useFollow } from "../live/use-follow.ts";
import { Empty, FailureNotice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { readFirings } from "./trigger-firings.ts";
import { TriggerTable } from "./trigger-row.tsx";

/** All triggers. A firing is a new run: then they are read again. */
export function TriggersPage(): JSX.Element {
  useFollow(runFeed, "runs");
  const again = useSignal(0);
  const { value, failure } = useData(async (signal) => {
    const [list, firings] = await Promise.all([
      triggers.listTriggers({ request: { limit: 1_000 } }, { signal }),
      readFirings({}, signal),
    ]);
    return { triggers: list.triggers, firings };
  }, `${runChanges.value} ${again.value}`);
  return (
    <>
      <PageHead title="Triggers">
        <a href="/v2/events">Events</a>
      </PageHead>
      <FailureNotice failure={failure} />
      {value?.triggers.length === 0 ? <Empty>There are no triggers. They are deployed with their tasks.</Empty> : null}
      {value === undefined || value.triggers.length === 0 ? null : (
        <TriggerTable of={value.triggers} firings={value.firings} onChange={() => (again.value += 1)} />
      )}
    </>
  );
}
