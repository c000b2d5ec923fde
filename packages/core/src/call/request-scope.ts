import type { AsyncLocalStorage } from "node:async_hooks";
import type { TraceHeaders } from "./trace-parent.ts";

/** What is known of the request, or of the socket, that the running code answers. */
export interface RequestScope {
  /** Its trace context, if it has one. */
  readonly trace: TraceHeaders | undefined;
}

/** Kept on the global object, so that all copies of this package see the same scope. */
const place: unique symbol = Symbol.for("appenv.request-scope") as never;

interface Place {
  [place]?: AsyncLocalStorage<RequestScope>;
}

/** What is known of the request that the running code answers; undefined outside, and where nothing is. */
export function requestScope(): RequestScope | undefined {
  return (globalThis as Place)[place]?.getStore();
}

/** Runs a function, and all that it starts, in a scope. For the runtime. */
export function runInRequest<T>(scope: RequestScope, run: () => T): T {
  return storage().run(scope, run);
}

/** Made when it is first needed: importing an adapter must not pay for it. */
function storage(): AsyncLocalStorage<RequestScope> {
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  return ((globalThis as Place)[place] ??= new AsyncLocalStorage());
}
