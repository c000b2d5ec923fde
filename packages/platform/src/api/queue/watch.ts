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
  scope: Pick<QueueId, "project" | "domain">,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof ListQueuesResponseSchema>> {
  const changes = new Changes();
  const stop = queues.subscribe((id) => {
    if (id.project === scope.project && id.domain === scope.domain) changes.add(id.name);
  });
  signal.addEventListener("abort", changes.wake);
  try {
    yield { queues: queues.list(scope).map(queueMessage) };
    for (;;) {
      await changes.any(signal);
      if (signal.aborted) return throwIfClosing(signal);
      const changed = changes.take().map((name) => ({ name, queue: queues.get({ ...scope, name }) }));
      yield {
        queues: changed.flatMap(({ queue }) => (queue === undefined ? [] : [queueMessage(queue)])),
        gone: changed.flatMap(({ name, queue }) => (queue === undefined ? [name] : [])),
      };
      await changes.rest(signal);
    }
  } finally {
    stop();
    signal.removeEventListener("abort", changes.wake);
  }
}

/** The names of queues that have changed since they were last told. */
class Changes {
  readonly #names = new Set<string>();
  #waiting: (() => void) | undefined;
  readonly wake = (): void => this.#waiting?.();

  add(name: string): void {
    this.#names.add(name);
    this.wake();
  }

  take(): string[] {
    const names = [...this.#names].toSorted();
    this.#names.clear();
    return names;
  }

  /** Waits until there is one, or `signal` is aborted. */
  async any(signal: AbortSignal): Promise<void> {
    while (this.#names.size === 0 && !signal.aborted) {
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
