import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Queue, QueuedAction, QueueKey } from "@appenv/protocol/tasks";
import { now } from "../../live/clock.ts";
import { useData } from "../../live/use-data.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Empty, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago } from "../../parts/time.tsx";
import { WindowTable } from "../../parts/window-table.tsx";
import { actionPath, pathOf, type Name } from "../../route/names.ts";
import { queues } from "./clients.ts";
import { useQueues } from "./live.ts";
import { PauseButton } from "./pause-button.tsx";
import { keyWords, limitsOf, msOf } from "./words.ts";

/** Maximum waiting actions and keys that are shown, as the platform tells them. */
const most = 1_000;
const mostKeys = 50;
/** Keys whose rate allows a start again change nothing else: they are asked for this often, in milliseconds. */
const pauseMs = 5_000;

/** One queue: its keys, and what waits in it in the order in which it starts. */
export function QueuePage({ name }: { readonly name: Name }): JSX.Element {
  const { all } = useQueues(name);
  const key = useSignal<string | undefined>(undefined);
  const live = all?.get(pathOf("queues", name));
  const turn = Math.floor(now.value / pauseMs);
  const { value, failure } = useData(
    (signal) =>
      queues.getQueue(
        { queue: name, keys: mostKeys, limit: most, ...(key.value === undefined ? {} : { key: key.value }) },
        { signal },
      ),
    `${live?.waiting} ${live?.running} ${live?.paused?.at} ${key.value} ${turn}`,
  );
  const queue = live ?? value?.queue;
  return (
    <>
      <PageHead
        title={name.name}
        above={
          <>
            <a href="/v2/queues">Queues</a> / {name.project} / {name.domain}
          </>
        }
      >
        {queue === undefined ? null : <PauseButton queue={queue} />}
      </PageHead>
      <FailureNotice failure={failure} />
      {queue === undefined ? null : <Facts queue={queue} />}
      {value === undefined ? null : (
        <Keys keys={value.keys} chosen={key.value} onChoose={(one) => (key.value = one)} of={queue} />
      )}
      {value === undefined ? null : <Next queue={name} waiting={value.waiting} total={queue?.waiting ?? 0} />}
    </>
  );
}

function Facts({ queue }: { readonly queue: Queue }): JSX.Element {
  const { name, tasks, paused, waiting, running, oldestAt } = queue;
  return (
    <>
      {paused === undefined ? null : (
        <p class="notice" role="status">
          Paused by <Text of={paused.by} /> <Ago at={msOf(paused.at)} />: nothing starts until it is resumed.
        </p>
      )}
      <p class="facts">
        <span>{waiting} waiting</span>
        <span>{running} running</span>
        <span>
          limits: <Text of={limitsOf(queue)} />
        </span>
        {oldestAt === undefined ? null : (
          <span>
            the oldest came <Ago at={msOf(oldestAt)} />
          </span>
        )}
        {tasks.map((task) => (
          <a key={task} href={pathOf("tasks", { project: "", domain: "", ...name, name: task })}>
            <Text of={task} />
          </a>
        ))}
      </p>
    </>
  );
}

function Keys({
  keys,
  chosen,
  onChoose,
  of,
}: {
  readonly keys: readonly QueueKey[];
  readonly chosen: string | undefined;
  readonly onChoose: (key: string | undefined) => void;
  readonly of: Queue | undefined;
}): JSX.Element | null {
  if (keys.length === 0 || of === undefined || (of.key === "" && keys.every(({ key }) => key === ""))) return null;
  return (
    <section>
      <h2>Keys {of.keys > keys.length ? <small>{`the first ${keys.length} of ${of.keys}`}</small> : null}</h2>
      <ListTable label="Keys" columns={["Key", "Waiting", "Running", "Starts left", "Next start", "Oldest waits"]}>
        {keys.map(({ key, waiting, running, rateLeft, nextAt, oldestAt }) => (
          <tr key={key}>
            <td>
              <button
                type="button"
                class="small"
                aria-pressed={chosen === key}
                title="Only what waits with this key"
                onClick={() => onChoose(chosen === key ? undefined : key)}
              >
                <Text of={keyWords(key)} />
              </button>
            </td>
            <td>{waiting}</td>
            <td>{of.concurrency === undefined ? running : `${running} of ${of.concurrency}`}</td>
            <td>{rateLeft ?? "–"}</td>
            <td>{nextAt === undefined ? "–" : <Ago at={msOf(nextAt)} />}</td>
            <td>
              <Ago at={msOf(oldestAt)} />
            </td>
          </tr>
        ))}
      </ListTable>
    </section>
  );
}

const columns = ["Place", "Run", "Task", "Key", "Priority", "Waits since"];

function Next({
  queue,
  waiting,
  total,
}: {
  readonly queue: Name;
  readonly waiting: readonly QueuedAction[];
  readonly total: number;
}): JSX.Element {
  const items = waiting.map((action, index) => ({ action, place: index + 1 }));
  return (
    <section>
      <h2>
        Waiting, in order{" "}
        {total > waiting.length && waiting.length === most ? <small>{`the first ${most} of ${total}`}</small> : null}
      </h2>
      {items.length === 0 ? (
        <Empty>Nothing waits.</Empty>
      ) : (
        <WindowTable
          label="Waiting, in order"
          kind="queued"
          columns={columns}
          items={items}
          keyOf={({ action }) => `${action.run}/${action.action}`}
          render={({ action, place }) => <Cells queue={queue} action={action} place={place} />}
        />
      )}
    </section>
  );
}

function Cells({
  queue,
  action: { run, action, task, key, priority, queuedAt },
  place,
}: {
  readonly queue: Name;
  readonly action: QueuedAction;
  readonly place: number;
}): JSX.Element {
  const named = { ...queue, name: run };
  return (
    <>
      <span role="cell" class="cell">
        {place}
      </span>
      <span role="cell" class="cell name">
        <a href={action === "a0" ? pathOf("runs", named) : actionPath(named, action)}>
          <Text of={run} />
        </a>
      </span>
      <span role="cell" class="cell wide-only">
        <a href={pathOf("tasks", { ...queue, name: task })}>
          <Text of={task} />
        </a>
      </span>
      <span role="cell" class="cell">
        <Text of={keyWords(key)} />
      </span>
      <span role="cell" class="cell wide-only">
        {priority}
      </span>
      <span role="cell" class="cell wide-only">
        <Ago at={msOf(queuedAt)} />
      </span>
    </>
  );
}
