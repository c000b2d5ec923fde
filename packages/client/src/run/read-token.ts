import { timestampDate } from "@bufbuild/protobuf/wkt";
import { AppEnvError, type ReadToken, type ReadTokenOptions } from "@appenv/core";
import { checkOptions, durationMs, invalidOption, type OptionNames } from "@appenv/core/internal";
import type { RunId } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { taskApi } from "./api.ts";

const names: OptionNames<ReadTokenOptions> = { expiresIn: true };
const mostSeconds = 7 * 24 * 3_600;

/** See `Run.readToken`. */
export async function createReadToken(
  controlPlane: ControlPlane,
  { project, domain, run }: RunId,
  options: ReadTokenOptions,
): Promise<ReadToken> {
  checkOptions(options, "Run.readToken", names);
  const { expiresIn = "1h" } = options;
  const seconds = Math.round(durationMs(expiresIn, "expiresIn of Run.readToken") / 1_000);
  if (seconds < 1 || seconds > mostSeconds) {
    throw invalidOption("expiresIn of Run.readToken", expiresIn, "a time from 1 second to 7 days");
  }
  if (!controlPlane.embedded) {
    throw new AppEnvError(
      "UNSUPPORTED",
      `The control plane at ${controlPlane.endpoint} has no tokens that read a run.`,
      {
        fix: "Let an app show the run: `exposeRuns` of @appenv/webhooks.",
      },
    );
  }
  const answer = await taskApi(controlPlane).streams.createReadToken({ project, domain, run, seconds });
  const { token, url, expiresAt } = answer;
  return { token, url, expiresAt: expiresAt === undefined ? new Date(0) : timestampDate(expiresAt) };
}
