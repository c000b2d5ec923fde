import { executionAsyncResource } from "node:async_hooks";

const held: object[] = [];

/**
 * Keeps `process.nextTick` fast as long as the process lives. To be called before anything else; a second call does nothing.
 *
 * Node makes an object with computed keys for each tick. V8 makes it inline as long as it has seen one shape there, which
 * it knows weakly: a garbage collection at a moment without a pending tick forgets it, and the next tick looks like a second
 * shape. From then on each tick costs several times as much, and a request takes about seven of them. The object of one
 * tick, held here, keeps the shape.
 */
export function keepTicksFast(): void {
  if (held.length > 0) return;
  // A hook would tell of the object too, but V8's promises are slower once there was one.
  process.nextTick(() => held.push(executionAsyncResource()));
}
