import { createClient } from "@connectrpc/connect";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { EventService, type EventWait, type KeptEvent } from "@appenv/protocol/tasks";
import { transport } from "../../api/clients.ts";
import { runChanges, runFeed } from "../../live/run-changes.ts";
import { useData } from "../../live/use-data.ts";
import { useFollow } from "../../live/use-follow.ts";
import { visible } from "../../live/visibility.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Empty, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Text } from "../../parts/text.tsx";
import { filterText, TextFilter } from "../../parts/text-filter.tsx";
import { Ago, exact, msOf } from "../../parts/time.tsx";
import { actionPath } from "../../route/names.ts";

const client = createClient(EventService, transport);
const most = 1_000;
/** Time between two looks, in milliseconds: an event that nobody waits for changes no run. */
const everyMs = 3_000;

/** Events that were sent and are kept, and the runs that wait for one. */
export function EventsPage(): JSX.Element {
  useFollow(runFeed, "runs");
  const looks = useLooks();
  const { value, failure } = useData(
    (signal) => client.listEvents({ limit: most }, { signal }),
    `${runChanges.value} ${looks}`,
  );
  const part = filterText();
  const isShown = ({ name, key }: { readonly name: string; readonly key: string }): boolean =>
    `${name} ${key}`.toLowerCase().includes(part);
  return (
    <>
      <PageHead title="Events" above={<a href="/v2/triggers">Triggers</a>} />
      <TextFilter label="Filter events" />
      <FailureNotice failure={failure} />
      {value === undefined ? null : (
        <>
          <Waits of={value.waits.filter(isShown)} />
          <Kept of={value.events.filter(isShown)} />
        </>
      )}
    </>
  );
}

function Waits({ of }: { readonly of: readonly EventWait[] }): JSX.Element {
  return (
    <section>
      <h2>Waited for</h2>
      {of.length === 0 ? <Empty>No run waits for an event.</Empty> : null}
      {of.length === 0 ? null : (
        <ListTable label="Waited for" columns={["Event", "Key", "Run", "Waits since"]}>
          {of.map((wait) => (
            <tr key={`${wait.run}/${wait.action}`}>
              <td>
                <Text of={wait.name} />
              </td>
              <td>
                <Text of={wait.key} />
              </td>
              <td>
                <a href={actionPath({ ...wait, name: wait.run }, wait.action)}>
                  <Text of={wait.run} />
                </a>
              </td>
              <td>
                <Ago at={msOf(wait.since)} />
              </td>
            </tr>
          ))}
        </ListTable>
      )}
    </section>
  );
}

function Kept({ of }: { readonly of: readonly KeptEvent[] }): JSX.Element {
  return (
    <section>
      <h2>Sent, and kept for those that wait later</h2>
      {of.length === 0 ? <Empty>No event is kept.</Empty> : null}
      {of.length === 0 ? null : (
        <ListTable label="Sent events" columns={["Event", "Key", "Sent", "By", "Value", "Kept until"]}>
          {of.map((event) => (
            <tr key={String(event.id)}>
              <td>
                <Text of={event.name} />
              </td>
              <td>
                <Text of={event.key} />
              </td>
              <td>
                <Ago at={msOf(event.sentAt)} />
              </td>
              <td>
                <Text of={event.sender} />
              </td>
              <td>
                <code title={event.json.length > longest ? event.json.slice(0, 2_000) : undefined}>
                  <Text of={event.json.length > longest ? `${event.json.slice(0, longest)}…` : event.json} />
                </code>
              </td>
              <td>{exact(msOf(event.keepUntil) ?? 0)}</td>
            </tr>
          ))}
        </ListTable>
      )}
    </section>
  );
}

/** Maximum characters of a value in a row. */
const longest = 120;

/** Counts looks while somebody sees the page. */
function useLooks(): number {
  const looks = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => visible.value && (looks.value += 1), everyMs);
    return () => clearInterval(timer);
  }, []);
  return looks.value;
}
