import type { AsyncLocalStorage } from "node:async_hooks";
import type { RunScope } from "./run-scope.ts";

/** Kept on the global object, so that all copies of this package see the same scope. */
const place: unique symbol = Symbol.for("appenv.run-scope") as never;

interface Place {
  [place]?: AsyncLocalStorage<RunScope | undefined>;
}

/** What stands behind the running code while an action runs; undefined in a plain process. */
export function currentScope(): RunScope | undefined {
  return (globalThis as Place)[place]?.getStore();
}

/** Runs a function, and all that it starts, in a scope; with undefined, outside every run. For the runtime. */
export function runInScope<T>(scope: RunScope | undefined, run: () => T): T {
  return storage().run(scope, run);
}

/** Made when it is first needed: importing an adapter must not pay for it. */
function storage(): AsyncLocalStorage<RunScope | undefined> {
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  return ((globalThis as Place)[place] ??= new AsyncLocalStorage());
}
