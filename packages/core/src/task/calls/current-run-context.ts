import type { AsyncLocalStorage } from "node:async_hooks";
import type { RunContext } from "./run-context.ts";

/** Kept on the global object, so that all copies of this package see the same context. */
const place: unique symbol = Symbol.for("appenv.run-context") as never;

/** Called by bundled code: see `mark-flow.ts` of `@appenv/client`. */
const branch: unique symbol = Symbol.for("appenv.branch") as never;
const later: unique symbol = Symbol.for("appenv.later") as never;

interface Place {
  [place]?: AsyncLocalStorage<RunContext | undefined>;
  [branch]?: typeof branchAt;
  [later]?: typeof laterAt;
}

/** The run context of the running code; undefined outside a run. */
export function currentRunContext(): RunContext | undefined {
  return (globalThis as Place)[place]?.getStore();
}

/** Runs a function, and all that it starts, in a context; with undefined, outside every run. For the runtime. */
export function runInContext<T>(context: RunContext | undefined, run: () => T): T {
  return storage().run(context, run);
}

/**
 * Runs a function as a branch of the flow of a run: its calls are told from those of other branches by its place in the
 * code, and by its number among the branches of that name at the place that calls it. Outside a run it just runs.
 *
 * @param site - Names the function. Empty: it has no branch of its own.
 * @param madeIn - Gives the context that the function was written in. Called from elsewhere, as queues do, it belongs there.
 * @param kept - Given to the function after its context.
 */
export function branchAt<T, Kept extends readonly unknown[]>(
  site: string,
  run: (context: RunContext | undefined, ...kept: Kept) => T,
  madeIn?: () => RunContext | undefined,
  ...kept: Kept
): T {
  const context = currentRunContext();
  if (context === undefined) return run(undefined, ...kept);
  const from = context.orWhereMade(madeIn?.());
  const own = site === "" ? from : from.branch(site);
  return own === context ? run(own, ...kept) : runInContext(own, () => run(own, ...kept));
}

/** Makes a function that is called later run as a branch of the flow that begins now, whatever the order of the calls. */
function laterAt(site: string, callback: unknown): unknown {
  const context = currentRunContext();
  if (context === undefined || typeof callback !== "function") return callback;
  const own = context.branch(site);
  return function (this: unknown, ...values: unknown[]): unknown {
    return runInContext(own, () => Reflect.apply(callback, this, values));
  };
}

/** Made when it is first needed: importing an adapter must not pay for it. */
function storage(): AsyncLocalStorage<RunContext | undefined> {
  const global = globalThis as Place;
  const known = global[place];
  if (known !== undefined) return known;
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  global[branch] = branchAt;
  global[later] = laterAt;
  return (global[place] = new AsyncLocalStorage());
}
