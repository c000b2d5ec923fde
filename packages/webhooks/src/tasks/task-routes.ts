import type { Run } from "@appenv/client/tasks";
import { AppEnvError, type TaskFunction } from "@appenv/core";
import { emptyAnswer, jsonAnswer, type Answer } from "../http/answer.ts";
import { idempotencyKeyOf, readJsonObject } from "../http/body.ts";
import { ProblemError } from "../http/problem.ts";
import type { Asked, Call, Route } from "../http/router.ts";
import { inputsFromJson } from "./json-values.ts";
import { runEvents, secondsToWait, waitShortly } from "./follow-run.ts";
import { isFinal, shownRun } from "./shown-run.ts";
import { startRun } from "./start-run.ts";
import { streamEvents } from "./stream-events.ts";

/** The routes of a task. */
export function taskRoutes(task: TaskFunction, path: string): readonly Route[] {
  return [
    { method: "POST", path, handle: (call) => start(task, path, call) },
    ...readingRoutes(path, (asked) => runOf(task, asked)),
    { method: "DELETE", path: `${path}/{run}`, handle: (call) => abort(task, call) },
  ];
}

async function start(task: TaskFunction, path: string, { request, response }: Call): Promise<Answer> {
  const seconds = secondsToWait(request);
  const inputs = inputsFromJson(task.interface, await readJsonObject(request));
  const idempotencyKey = idempotencyKeyOf(request);
  const key = idempotencyKey === undefined ? {} : { idempotencyKey: `expose:${task.fullName}:${idempotencyKey}` };
  const started = await startRun(task, inputs, key);
  const { name } = started;
  // One that had ended before was made with the same key; what is answered to its start does not say why it failed.
  const run = isFinal(started.phase) ? await getRun(name) : started;
  if (seconds > 0) await waitShortly(run, seconds, response);
  const headers = { Location: `${path}/${name}`, ...(seconds > 0 ? { "Preference-Applied": `wait=${seconds}` } : {}) };
  return jsonAnswer(isFinal(run.phase) ? 200 : 202, await shownRun(run), headers);
}

/** The routes that read a run and its streams. @param find - Finds a run that the caller may read. @throws ProblemError */
export function readingRoutes(path: string, find: (asked: Asked) => Promise<Run>): readonly Route[] {
  return [
    {
      method: "GET",
      path: `${path}/{run}`,
      handle: async (call) => jsonAnswer(200, await shownRun(await find(call))),
      events: async (asked) => runEvents(await find(asked)),
    },
    {
      method: "GET",
      path: `${path}/{run}/streams/{stream}`,
      events: async (asked) => streamEvents(await find(asked), asked),
    },
  ];
}

async function abort(task: TaskFunction, call: Call): Promise<Answer> {
  const run = await runOf(task, call);
  await run.abort("Aborted over HTTP");
  return emptyAnswer(204);
}

/** A run of this task; one of another task is as one that is not there. */
async function runOf(task: TaskFunction, { params: { run: name = "" } }: Asked): Promise<Run> {
  const run = await getRun(name).catch((error: unknown) => {
    if (AppEnvError.is(error, "UNREACHABLE")) throw error;
    return undefined;
  });
  if (run?.task.name === task.fullName) return run;
  throw new ProblemError(404, "NOT_FOUND", `There is no run '${name}' of this task.`);
}

/** @throws AppEnvError NOT_FOUND, UNREACHABLE. */
export async function getRun(name: string): Promise<Run> {
  const { Run } = await import("@appenv/client/tasks");
  return Run.get(name);
}
