import { AppEnvError } from "@appenv/core";
import { untilStopped } from "../platform/until-stopped.ts";
import { findControlPlane } from "../serve/find-control-plane.ts";
import type { RunFlags, RunRequest, RunSubject } from "./request.ts";

/**
 * What the commands that start a run do. If the platform has to be started, this process becomes the platform's and
 * nothing else until the run has ended; the run is started from another.
 */
export async function carryOut(subject: RunSubject, words: readonly string[], flags: RunFlags): Promise<void> {
  const request: RunRequest = { kind: "run", subject, words, flags };
  const stopped = untilStopped();
  const found = await findControlPlane(flags);
  if ("home" in found) {
    if (flags.detach === true) throw nothingToDetachTo(found.home);
    const { hostPlatform } = await import("../serve/host/host-platform.ts");
    return hostPlatform(request, found.home, stopped);
  }
  const { runTask } = await import("./run-task.ts");
  await runTask(request, { controlPlane: Promise.resolve(found.controlPlane), stopped, hosted: false });
}

function nothingToDetachTo(home: string): AppEnvError {
  return new AppEnvError("UNREACHABLE", `No control plane is configured, and no platform runs for ${home}.`, {
    fix: "Start a platform that stays with `appenv up`, or leave out `--detach`.",
  });
}
