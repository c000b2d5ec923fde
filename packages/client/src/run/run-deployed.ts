import type { RunOptions, TaskFunction } from "@appenv/core";
import { Task } from "../task/task.ts";
import { connect, type ConnectOptions, type ControlPlane } from "../control-plane/connect.ts";
import { startRun } from "./start-run.ts";
import { held } from "./held.ts";
import type { Run } from "./run.ts";

/** How long the control plane of this replica is taken for the same without a look at the configuration. */
const keptMs = 1_000;

interface Kept {
  readonly controlPlane: Promise<ControlPlane>;
  readonly until: number;
}

const kept = new Map<string, Kept>();

/**
 * Runs what is deployed under a task's name, the version that was deployed last.
 *
 * @throws AppEnvError NOT_FOUND, UNREACHABLE, and what `startRun` throws.
 */
export async function runDeployed(
  task: TaskFunction,
  inputs: Uint8Array,
  options: RunOptions,
  place: ConnectOptions,
): Promise<Run> {
  const controlPlane = await recentControlPlane(place);
  if (!controlPlane.embedded) return (await Task.get(task.fullName, place)).runEncoded(inputs, options);
  // The embedded platform knows itself which version is the last one.
  const id = { project: controlPlane.project, domain: controlPlane.domain, name: task.fullName, version: "" };
  return held(controlPlane, () => startRun(controlPlane, { task: id, interface: task.interface, inputs, options }));
}

function recentControlPlane(place: ConnectOptions): Promise<ControlPlane> {
  const { endpoint, local, project, domain } = place;
  const key = JSON.stringify([endpoint, local, project, domain]);
  const known = kept.get(key);
  if (known !== undefined && known.until > performance.now()) return known.controlPlane;
  const controlPlane = connect(place);
  kept.set(key, { controlPlane, until: performance.now() + keptMs });
  controlPlane.catch(() => kept.delete(key));
  return controlPlane;
}
