import { createHash, timingSafeEqual } from "node:crypto";
import { Task } from "@appenv/client/tasks";
import { AppEnvError, serve, TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import type { FastifyError } from "fastify";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "webhook-tasks", description: "What the webhook may start" });

export const myTask = tasks.task(
  { name: "my_task", input: z.object({ input_key: z.string() }), output: z.string() },
  ({ input_key: value }) => `processed ${value}`,
);

export const env = new FastifyAppEnvironment({
  name: "webhook-runner",
  description: "Starts tasks by their name",
  requiresAuth: false, // It checks a key of its own.
  secrets: { key: "webhook-api-key", asEnvVar: "WEBHOOK_API_KEY" },
  dependsOn: [tasks],
});

const params = z.object({ project: z.string(), domain: z.string(), name: z.string(), version: z.string() });
const started = z.object({ url: z.string(), id: z.string(), status: z.literal("started") });
const refused = z.object({ detail: z.string() });
const schema = {
  params,
  body: z.record(z.string(), z.unknown()),
  response: { 200: started, 400: refused, 403: refused, 404: refused },
};

env.app.addHook("onRequest", async ({ headers }, reply) => {
  const key = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  if (!isSame(key, process.env["WEBHOOK_API_KEY"] ?? "")) await reply.code(403).send({ detail: "Invalid API key" });
});

env.app.post("/run-task/:project/:domain/:name/:version", { schema }, async ({ params: where, body }, reply) => {
  const { project, domain, name, version } = where;
  try {
    const task = await Task.get(name, { project, domain, ...(version === "latest" ? {} : { version }) });
    const run = await task.run(body);
    return { url: run.url, id: run.name, status: "started" as const };
  } catch (error) {
    if (AppEnvError.is(error, "NOT_FOUND")) return reply.code(404).send({ detail: error.message });
    if (AppEnvError.is(error, "PERMISSION_DENIED")) return reply.code(403).send({ detail: error.message });
    if (AppEnvError.is(error, "INVALID_INPUT")) return reply.code(400).send({ detail: error.message });
    throw error;
  }
});

// The schema of 400 holds for requests that Fastify refuses, too.
env.app.setErrorHandler<FastifyError>((error, _request, reply) => {
  if (error.statusCode !== 400) throw error;
  return reply.code(400).send({ detail: error.message });
});

/** In constant time. */
function isSame(one: string, other: string): boolean {
  return other !== "" && timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

if (import.meta.main) console.log((await serve(env)).endpoint);
