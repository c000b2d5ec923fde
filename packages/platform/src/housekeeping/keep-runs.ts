import type { Duration } from "@appenv/core";
import { durationMs } from "@appenv/core/internal";

/** The variable that says for how long runs are kept if nobody says it to the platform that starts. */
export const keepRunsVariable: string = "APPENV_KEEP_RUNS";

/**
 * Time after their end for which runs are kept whose tasks say nothing, in milliseconds; undefined: for ever.
 *
 * @param asked - As the one who starts the platform says it, who counts before the variable.
 * @throws AppEnvError INVALID_OPTION.
 */
export function readKeepRuns(
  asked: Duration | undefined,
  variable: string | undefined = process.env[keepRunsVariable],
): number | undefined {
  if (asked !== undefined) return durationMs(asked, "keepRuns");
  return variable === undefined || variable === "" ? undefined : durationMs(variable as Duration, keepRunsVariable);
}
