import type { OpenApiDocument } from "@appenv/core";
import { Described, inJson, problems, text } from "../http/described.ts";
import { runSchema, tooMany } from "./describe.ts";

/** The OpenAPI document of exposed runs. */
export function describeRuns(path: string): OpenApiDocument {
  const described = new Described();
  const run = { name: "run", in: "path", required: true, schema: text };
  const streamed = { "text/event-stream": { schema: text } };
  const none = problems({ ...tooMany, 404: "There is no such run, or it is not for the caller" });
  const shown = inJson("The run as it is now", runSchema({})) as { content: object };
  described.add(`${path}/{run}`, "get", {
    tags: ["runs"],
    operationId: "run_get",
    summary: "The phase and the result of a run; with text/event-stream or over a WebSocket, each change",
    parameters: [run],
    responses: { 200: { ...shown, content: { ...shown.content, ...streamed } }, ...none },
  });
  described.add(`${path}/{run}/streams/{stream}`, "get", {
    tags: ["runs"],
    operationId: "run_stream",
    summary: "The values of a stream of a run, from ?from= or after Last-Event-ID; also over a WebSocket",
    parameters: [run, { ...run, name: "stream" }],
    responses: { 200: { description: "Server-sent events", content: streamed }, ...none },
  });
  return described.document("runs");
}
