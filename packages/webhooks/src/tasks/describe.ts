import type { OpenApiDocument, TaskFunction } from "@appenv/core";
import { Described, inJson, problems, text, type Json } from "../http/described.ts";

const phases = [
  "QUEUED",
  "WAITING_FOR_RESOURCES",
  "INITIALIZING",
  "RUNNING",
  "PAUSED",
  "SUCCEEDED",
  "FAILED",
  "ABORTED",
];
/** The answer of every endpoint beyond its limit. */
export const tooMany = { 429: "There were too many requests" };

const wrong = {
  ...tooMany,
  400: "The inputs do not fit",
  409: "The key was used with other inputs",
  413: "The inputs are too large",
};

/** The OpenAPI document of a task's endpoints. */
export async function describeTask(task: TaskFunction, path: string): Promise<OpenApiDocument> {
  const described = new Described();
  const { taskName, fullName, inputSchema, outputSchema, settings } = task;
  const inputs = closed(inputSchema === undefined ? { type: "object" } : await described.schema(inputSchema, "input"));
  const run = runSchema(await described.schema(outputSchema, "output"));
  const location = { Location: { schema: text, description: "The path of the run." } };
  const base = { tags: [fullName] };
  described.add(path, "post", {
    ...base,
    operationId: `${taskName}_start`,
    summary: settings.description ?? `Start ${taskName}`,
    parameters: [
      header("Idempotency-Key", "Requests with one key make one run.", { ...text, pattern: "^[ -~]{1,200}$" }),
      header("Prefer", "`wait=10` waits 10 seconds for the result; the maximum is 55."),
    ],
    requestBody: {
      required: task.interface.inputs.some((input) => input.default === undefined),
      ...inJson("Inputs", inputs),
    },
    responses: {
      200: { ...inJson("It has ended", run), headers: location },
      202: { ...inJson("It is accepted", run), headers: location },
      ...problems(wrong),
    },
  });
  const name = { name: "run", in: "path", required: true, schema: text };
  const shown = inJson("The run as it is now", run) as { content: object };
  const streamed = { "text/event-stream": { schema: text } };
  const none = problems({ ...tooMany, 404: "There is no such run of this task" });
  described.add(`${path}/{run}`, "get", {
    ...base,
    operationId: `${taskName}_get`,
    summary: `The phase and the result of a run of ${taskName}; with text/event-stream or over a WebSocket, each change`,
    parameters: [name],
    responses: { 200: { ...shown, content: { ...shown.content, ...streamed } }, ...none },
  });
  described.add(`${path}/{run}/streams/{stream}`, "get", {
    ...base,
    operationId: `${taskName}_stream`,
    summary: `The values of a stream of a run of ${taskName}, from ?from= or after Last-Event-ID; also over a WebSocket`,
    parameters: [name, { ...name, name: "stream" }],
    responses: { 200: { description: "Server-sent events", content: streamed }, ...none },
  });
  described.add(`${path}/{run}`, "delete", {
    ...base,
    operationId: `${taskName}_abort`,
    summary: `Abort a run of ${taskName}`,
    parameters: [name],
    responses: { 204: { description: "It is aborted, or had ended" }, ...none },
  });
  return described.document(fullName);
}

/** A schema that allows the task's inputs alone: others are refused, whatever its own schema would do with them. */
function closed(schema: Json): Json {
  return "$ref" in schema ? { ...schema, unevaluatedProperties: false } : { ...schema, additionalProperties: false };
}

/** The schema of a run as it is shown. */
export function runSchema(output: Json): Json {
  const error = { type: "object", properties: { code: text, message: text } };
  return {
    type: "object",
    properties: {
      name: text,
      phase: { enum: [...phases, "TIMED_OUT", "RECOVERED"] },
      done: { type: "boolean" },
      url: text,
      output,
      error,
    },
    required: ["name", "phase", "done", "url"],
  };
}

function header(name: string, description: string, schema: Json = text): Json {
  return { name, in: "header", description, schema };
}
