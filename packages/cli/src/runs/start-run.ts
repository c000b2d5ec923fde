import type { Run } from "@appenv/client/tasks";
import type { ControlPlaneOptions, RunOptions } from "@appenv/core";
import type { TaskInterface } from "@appenv/core/internal";
import { controlPlaneOf } from "../options/control-plane.ts";
import type { Progress } from "../output/progress.ts";
import { reading } from "../output/reading.ts";
import { readInputs, refuseTakenForOption } from "./read-inputs.ts";
import type { RunFlags, RunRequest } from "./request.ts";

/** Receivers of the progress and of the notes of a run's start. */
export interface Telling {
  readonly say: Progress["say"];
  readonly note: (message: string) => void;
}

/** Starts what was asked for. */
export async function startRun(
  request: RunRequest,
  controlPlane: Promise<ControlPlaneOptions>,
  tell: Telling,
): Promise<Run> {
  const { subject, flags } = request;
  switch (subject.from) {
    case "file":
      return startFromFile(subject, request, controlPlane, tell);
    case "deployed": {
      const { Task } = await import("@appenv/client/tasks");
      const { task: name, version } = subject;
      const place = { ...controlPlaneOf(flags), ...(await controlPlane) };
      const task = await Task.get(name, { ...place, ...(version === undefined ? {} : { version }) });
      const inputs = await inputsOf(task, request);
      refuseTakenForOption(task, inputs, flags);
      return task.run(inputs, optionsOf(flags));
    }
    case "run":
      return startFromRun(subject, request, controlPlane);
  }
}

async function startFromRun(
  { run, recover, action }: Extract<RunRequest["subject"], { from: "run" }>,
  request: RunRequest,
  controlPlane: Promise<ControlPlaneOptions>,
): Promise<Run> {
  const { findAction, rerun, Run } = await import("@appenv/client/tasks");
  const { flags } = request;
  const place = { ...controlPlaneOf(flags), ...(await controlPlane) };
  const before = await Run.get(run, place);
  const from = action === undefined ? undefined : findAction(run, await before.actions(), action);
  const { interface: type = { inputs: [], output: undefined } } = await before.values(from);
  const inputs = await inputsOf({ name: action ?? before.task.name, interface: type }, request);
  const changes = Object.keys(inputs).length === 0 ? {} : { inputs };
  return rerun(before, { ...place, ...optionsOf(flags), ...changes, recover, ...(from === undefined ? {} : { from }) });
}

async function startFromFile(
  { file, task: name }: { readonly file: string; readonly task: string | undefined },
  request: RunRequest,
  controlPlane: Promise<ControlPlaneOptions>,
  tell: Telling,
): Promise<Run> {
  const [{ pickTask }, { run }] = await Promise.all([
    import("@appenv/client/internal"),
    import("@appenv/client/tasks"),
  ]);
  const [{ task }, found] = await Promise.all([reading(file, tell.say, () => pickTask(file, name)), controlPlane]);
  const named = { name: task.fullName, interface: task.interface };
  const inputs = await inputsOf(named, request);
  refuseTakenForOption(named, inputs, request.flags);
  tell.say(`Starting '${task.fullName}' ...`);
  return run(task, inputs, {
    ...controlPlaneOf(request.flags),
    ...found,
    ...optionsOf(request.flags),
    onProgress: tell.say,
    onNote: tell.note,
  });
}

async function inputsOf(
  task: { readonly name: string; readonly interface: TaskInterface },
  { words, flags }: RunRequest,
): Promise<Record<string, unknown>> {
  const { valueFromText } = await import("@appenv/client/tasks");
  return readInputs(task, words, flags.input ?? {}, valueFromText);
}

function optionsOf(flags: RunFlags): Omit<RunOptions, keyof ControlPlaneOptions> {
  const { name, label, annotation, env, overwriteCache, idempotencyKey, delay, at, ttl, priority, queueKey, notify } =
    flags;
  return {
    ...(name === undefined ? {} : { name }),
    ...(label === undefined ? {} : { labels: label }),
    ...(annotation === undefined ? {} : { annotations: annotation }),
    ...(env === undefined ? {} : { envVars: env }),
    ...(overwriteCache === undefined ? {} : { overwriteCache }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(delay === undefined ? {} : { delay }),
    ...(at === undefined ? {} : { at: new Date(at) }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(priority === undefined ? {} : { priority }),
    ...(queueKey === undefined ? {} : { queueKey }),
    ...(notify === undefined ? {} : { notify }),
  };
}
