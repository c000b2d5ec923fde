import type { MessageInitShape } from "@bufbuild/protobuf";
import type { QueueKeyRecord, QueueRecord, QueuedAction } from "@appenv/engine";
import type { QueuedActionSchema, QueueKeySchema, QueueSchema } from "@appenv/protocol/tasks";

/** A queue as its message. */
export function queueMessage(queue: QueueRecord): MessageInitShape<typeof QueueSchema> {
  const { id, tasks, limits, key, waiting, running, keys, oldestAt, paused } = queue;
  return {
    name: { ...id },
    tasks: [...tasks],
    ...(limits.concurrency === undefined ? {} : { concurrency: limits.concurrency }),
    ...(limits.rate === undefined ? {} : { rate: { limit: limits.rate.limit, perMs: BigInt(limits.rate.perMs) } }),
    key,
    waiting,
    running,
    keys,
    ...(oldestAt && { oldestAt: ms(oldestAt) }),
    ...(paused && { paused: { at: ms(paused.at), by: paused.by } }),
  };
}

/** One key of a queue as its message. */
export function keyMessage({
  oldestAt,
  nextAt,
  rateLeft,
  ...counts
}: QueueKeyRecord): MessageInitShape<typeof QueueKeySchema> {
  return {
    ...counts,
    ...(oldestAt && { oldestAt: ms(oldestAt) }),
    ...(rateLeft === undefined ? {} : { rateLeft }),
    ...(nextAt && { nextAt: ms(nextAt) }),
  };
}

/** A waiting action as its message. */
export function waitingMessage({ queuedAt, ...action }: QueuedAction): MessageInitShape<typeof QueuedActionSchema> {
  return { ...action, queuedAt: ms(queuedAt) };
}

function ms(time: Date): bigint {
  return BigInt(time.getTime());
}
