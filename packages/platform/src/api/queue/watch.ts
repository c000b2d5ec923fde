import type { MessageInitShape } from "@bufbuild/protobuf";
import type { QueueControl, QueueId } from "@appenv/engine";
import type { ListQueuesResponseSchema } from "@appenv/protocol/tasks";
import { throwIfClosing } from "../rpc/errors.ts";
import { queueMessage } from "./messages.ts";

/** Pause between two answers, in milliseconds: what changes meanwhile is told together. */
const pauseMs = 250;

/** The queues of a project and domain, then those that have changed, until `signal` is aborted. */
export async function* watchQueues(
  queues: QueueControl,
  { project, domain }: Pick<QueueId, "project" | "domain">,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof ListQueuesResponseSchema>> {
  const changes = new Changes();
  const stop = queues.subscribe((id) => {
    if ((project === "" || id.project === project) && (domain === "" || id.domain === domain)) changes.add(id);
  });
  signal.addEventListener("abort", changes.wake);
  try {
    yield { queues: queues.list({ project, domain }).map(queueMessage) };
    for (;;) {
      await changes.any(signal);
      if (signal.aborted) return throwIfClosing(signal);
      const changed = changes.take().map((id) => ({ id, queue: queues.get(id) }));
      yield {
        queues: changed.flatMap(({ queue }) => (queue === undefined ? [] : [queueMessage(queue)])),
        gone: changed.flatMap(({ id, queue }) => (queue === undefined ? [{ ...id }] : [])),
      };
      await changes.rest(signal);
    }
  } finally {
    stop();
    signal.removeEventListener("abort", changes.wake);
  }
}

/** The queues that have changed since they were last told. */
class Changes {
  readonly #ids = new Map<string, QueueId>();
  #waiting: (() => void) | undefined;
  readonly wake = (): void => this.#waiting?.();

  add(id: QueueId): void {
    this.#ids.set(`${id.project}/${id.domain}/${id.name}`, id);
    this.wake();
  }

  take(): QueueId[] {
    const ids = [...this.#ids.values()];
    this.#ids.clear();
    return ids;
  }

  /** Waits until there is one, or `signal` is aborted. */
  async any(signal: AbortSignal): Promise<void> {
    while (this.#ids.size === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  /** Waits for the pause between two answers, or until `signal` is aborted. */
  rest(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, pauseMs);
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }
}
