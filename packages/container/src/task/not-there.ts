import type { ActionOutcome } from "@appenv/runtime";

/** The outcome of a request that Flyte's API has nothing for. @param what - For example ``streams: `ctx.stream` needs ...``. */
export function notThere(what: string): ActionOutcome {
  const message = `A Flyte cluster has no ${what}`;
  return {
    type: "failed",
    error: { kind: "SYSTEM", code: "UNSUPPORTED", message, stack: undefined, retryable: false },
  };
}
