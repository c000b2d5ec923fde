import { setTimeout as sleep } from "node:timers/promises";

const idleMs = 1_000;
const firstIdleMs = 5_000;

/** Not every control plane says when the lines that were there are all sent: a pause tells. */
export async function* markIdle<T>(items: AsyncIterable<T | "caught-up">): AsyncGenerator<T | "caught-up"> {
  const iterator = items[Symbol.asyncIterator]();
  let limitMs: number | undefined = firstIdleMs;
  for (let next = iterator.next(); ;) {
    const result: IteratorResult<T | "caught-up"> | "idle" =
      limitMs === undefined ? await next : await within(next, limitMs);
    if (result === "idle") {
      limitMs = undefined;
      yield "caught-up";
      continue;
    }
    if (result.done === true) return;
    limitMs = result.value === "caught-up" || limitMs === undefined ? undefined : idleMs;
    next = iterator.next();
    next.catch(() => {});
    yield result.value;
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | "idle"> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, sleep(ms, "idle" as const, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
