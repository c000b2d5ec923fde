import type { RunAction } from "@appenv/core";

/** The failed action with no failure below it that failed first; undefined if none failed. */
export function firstFailure<Action extends RunAction>(actions: readonly Action[]): Action | undefined {
  const failed = actions.filter(({ phase }) => phase === "FAILED" || phase === "TIMED_OUT");
  const above = new Set(failed.map(({ parent }) => parent));
  return failed
    .filter(({ name }) => !above.has(name))
    .reduce<Action | undefined>(
      (first, each) => (first === undefined || ended(each) < ended(first) ? each : first),
      undefined,
    );
}

function ended({ endedAt }: RunAction): number {
  return endedAt?.getTime() ?? Number.POSITIVE_INFINITY;
}
