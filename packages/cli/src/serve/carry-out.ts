import { AppEnvError } from "@appenv/core";
import { untilStopped } from "../platform/until-stopped.ts";
import { findControlPlane } from "./find-control-plane.ts";
import type { ClientRequest, Surroundings } from "./request.ts";

/**
 * Serves an app or runs a task. If a platform has to be started for it, this process becomes the platform's and nothing
 * else, and the request is carried out in another process.
 */
export async function carryOut(request: ClientRequest): Promise<void> {
  const stopped = untilStopped();
  const found = await findControlPlane(request.flags);
  if ("home" in found) {
    if (request.kind === "run" && request.flags.detach === true) throw nothingToDetachTo(found.home);
    const { hostPlatform } = await import("./host/host-platform.ts");
    return hostPlatform(request, found.home, stopped);
  }
  await carryOutHere(request, { controlPlane: Promise.resolve(found.controlPlane), stopped, hosted: false });
}

/** Serves an app or runs a task from this process. */
export async function carryOutHere(request: ClientRequest, surroundings: Surroundings): Promise<void> {
  if (request.kind === "serve") {
    const { serveApp } = await import("./client/serve-app.ts");
    return serveApp(request, surroundings);
  }
  const { runTask } = await import("../runs/run-task.ts");
  return runTask(request, surroundings);
}

function nothingToDetachTo(home: string): AppEnvError {
  return new AppEnvError("UNREACHABLE", `No control plane is configured, and no platform runs for ${home}.`, {
    fix: "Start a platform that stays with `appenv up`, or leave out `--detach`.",
  });
}
