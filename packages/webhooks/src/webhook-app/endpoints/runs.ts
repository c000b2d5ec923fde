import type { Run } from "@appenv/client/tasks";
import { AppEnvError } from "@appenv/core";
import { jsonAnswer } from "../../http/answer.ts";
import { objectOf, text } from "../../http/described.ts";
import { ProblemError } from "../../http/problem.ts";
import type { Call } from "../../http/router.ts";
import { inputsToJson, outputToJson } from "../../tasks/json-values.ts";
import { isFinal } from "../../tasks/shown-run.ts";
import { isAllowed } from "../allowlist.ts";
import type { Endpoint, WebhookApp } from "../endpoint.ts";

const maybeObject = { type: ["object", "null"] };

/** Runs of the tasks that are allowed. */
export function runEndpoints(app: WebhookApp): readonly Endpoint[] {
  return [
    {
      id: "get_run",
      method: "GET",
      path: "/run/{name}",
      summary: "The phase of a run",
      answer: objectOf({ name: text, phase: text, url: text, done: { type: "boolean" } }),
      async handle(call) {
        const { name, phase, url } = await runOf(app, call);
        // In Flyte's own words, as its webhook app answers.
        return jsonAnswer(200, { name, phase: phase.toLowerCase(), url, done: isFinal(phase) });
      },
    },
    {
      id: "get_run_io",
      method: "GET",
      path: "/run/{name}/io",
      summary: "The inputs and outputs of a run",
      answer: objectOf({ name: text, inputs: maybeObject, outputs: maybeObject }),
      handle: async (call) => jsonAnswer(200, await valuesOf(await runOf(app, call))),
    },
    {
      id: "abort_run",
      method: "POST",
      path: "/run/{name}/abort",
      summary: "Abort a run",
      query: { reason: text },
      answer: objectOf({ name: text, status: text, reason: text }),
      async handle(call) {
        const run = await runOf(app, call);
        const reason = (call.query.get("reason") ?? "Aborted via webhook API").slice(0, 1_000);
        await run.abort(reason);
        return jsonAnswer(200, { name: run.name, status: "abort_requested", reason });
      },
    },
  ];
}

/** A run of a task that is not allowed is as one that is not there. */
async function runOf({ allow }: WebhookApp, { params: { name = "" } }: Call): Promise<Run> {
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name).catch((error: unknown) => {
    if (AppEnvError.is(error, "UNREACHABLE")) throw error;
    return undefined;
  });
  if (run !== undefined && isAllowed(allow.tasks, { ...run.id, name: run.task.name })) return run;
  throw new ProblemError(404, "NOT_FOUND", `Run ${name} not found.`);
}

async function valuesOf(run: Run): Promise<object> {
  const { inputs, output, interface: type } = await run.values();
  if (type === undefined) return { name: run.name, inputs: null, outputs: null };
  const gave = run.phase === "SUCCEEDED" || run.phase === "RECOVERED" ? { o0: outputToJson(type, output) } : null;
  return { name: run.name, inputs: inputsToJson(type, inputs), outputs: gave };
}
