import type { RunOptions, TaskFunction } from "@appenv/core";
import { Task } from "../task/task.ts";
import { connect, type ConnectOptions, type Target } from "../target/connect.ts";
import { createRun } from "./create-run.ts";
import { held } from "./held.ts";
import type { Run } from "./run.ts";

/** How long the control plane of this replica is taken for the same without a look at the configuration. */
const keptMs = 1_000;

interface Kept {
  readonly target: Promise<Target>;
  readonly until: number;
}

const kept = new Map<string, Kept>();

/**
 * Runs what is deployed under a task's name, the version that was deployed last.
 *
 * @throws AppEnvError NOT_FOUND, UNREACHABLE, and what `createRun` throws.
 */
export async function runDeployed(
  task: TaskFunction,
  inputs: Uint8Array,
  options: RunOptions,
  place: ConnectOptions,
): Promise<Run> {
  const target = await recentTarget(place);
  if (!target.embedded) return (await Task.get(task.fullName, place)).runEncoded(inputs, options);
  // The embedded platform knows itself which version is the last one.
  const id = { project: target.project, domain: target.domain, name: task.fullName, version: "" };
  return held(target, () => createRun(target, { task: id, interface: task.interface, inputs, options }));
}

function recentTarget(place: ConnectOptions): Promise<Target> {
  const { endpoint, local, project, domain } = place;
  const key = JSON.stringify([endpoint, local, project, domain]);
  const known = kept.get(key);
  if (known !== undefined && known.until > performance.now()) return known.target;
  const target = connect(place);
  kept.set(key, { target, until: performance.now() + keptMs });
  target.catch(() => kept.delete(key));
  return target;
}
