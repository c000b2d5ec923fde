import { once } from "node:events";
import type { QueueControl } from "../../../engine/src/contracts/queues.ts";
import type { StreamBatch, StreamReadOptions } from "../../../engine/src/contracts/streams.ts";

/** A stream of values that are there already. */
export class FakeStream {
  values: readonly unknown[] = [];
  /** True if more may come, so that readers wait. */
  isOpen = false;

  async *read({ from, signal }: StreamReadOptions): AsyncGenerator<StreamBatch> {
    const section = { section: 0, action: "a0", attempt: 1, replaces: undefined };
    const entries = this.values.map((value, offset) => {
      return { offset, kind: "value", section, at: 0, value: JSON.stringify(value) } as const;
    });
    yield { entries: entries.slice(from), end: this.isOpen ? undefined : "closed" };
    if (this.isOpen && !signal.aborted) await once(signal, "abort");
  }
}

/** No queues. */
export const noQueues: QueueControl = {
  list: () => [],
  get: () => undefined,
  keys: () => [],
  waiting: () => [],
  pause: async () => {},
  resume: async () => {},
  subscribe: () => () => {},
};
