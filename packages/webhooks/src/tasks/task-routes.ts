import type { Run } from "@appenv/client/tasks";
import { AppEnvError, type TaskFunction } from "@appenv/core";
import { emptyAnswer, jsonAnswer, type Answer } from "../http/answer.ts";
import { idempotencyKeyOf, readJsonObject } from "../http/body.ts";
import { ProblemError } from "../http/problem.ts";
import type { Call, Route } from "../http/router.ts";
import { inputsFromJson } from "./json-values.ts";
import { secondsToWait, streamRun, waitShortly } from "./follow-run.ts";
import { isFinal, shownRun } from "./shown-run.ts";
import { startRun } from "./start-run.ts";
import { sendStream } from "./stream-events.ts";

/** The routes of a task. */
export function taskRoutes(task: TaskFunction, path: string): readonly Route[] {
  return [
    { method: "POST", path, handle: (call) => start(task, path, call) },
    { method: "GET", path: `${path}/{run}`, handle: async (call) => show(await runOf(task, call), call) },
    {
      method: "GET",
      path: `${path}/{run}/streams/{stream}`,
      handle: async (call) => sendStream(await runOf(task, call), call.params["stream"] ?? "", call),
    },
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

/** Answers with a run as it is now, or with each of its changes if a stream of events is asked for. */
export async function show(run: Run, { request, response }: Call): Promise<Answer | undefined> {
  if (!/\btext\/event-stream\b/i.test(request.headers.accept ?? "")) return jsonAnswer(200, await shownRun(run));
  await streamRun(run, response);
  return undefined;
}

async function abort(task: TaskFunction, call: Call): Promise<Answer> {
  const run = await runOf(task, call);
  await run.abort("Aborted over HTTP");
  return emptyAnswer(204);
}

/** A run of this task; one of another task is as one that is not there. */
async function runOf(task: TaskFunction, { params: { run: name = "" } }: Call): Promise<Run> {
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
