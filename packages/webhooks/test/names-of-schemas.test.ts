import { danglingRefs, serveForTest } from "@appenv-internal/conformance";
import { TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { expect, test } from "vitest";
import { z } from "zod";
import { exposeTask, github, webhook } from "../src/index.ts";

const tasks = new TaskEnvironment({ name: "names" });

test("ids with any characters, and one id for several schemas, make a valid document", async () => {
  const user = z.object({ id: z.int() }).meta({ id: "shared/User~1" });
  const other = z.object({ name: z.string() }).meta({ id: "shared-User-1" });
  const problem = z.object({ mine: z.string() }).meta({ id: "Problem" });
  const greet = tasks.task({ name: "greet", input: z.object({ user, problem }), output: user }, (input) => input.user);
  const env = new FastifyAppEnvironment({ name: "names", requiresAuth: false, dependsOn: [tasks] });
  env.app.post("/x", { schema: { body: z.object({ other }), response: { 200: user } } }, async () => ({ id: 1 }));
  env.mount(exposeTask(greet, { path: "/greet" }));
  env.mount(webhook(github({ secret: () => "a secret of some length" }), () => ({}), { payload: problem }));
  const document: any = await (await (await serveForTest(env)).fetch("/openapi.json")).json();
  expect(danglingRefs(document)).toEqual([]);
  for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  const at = (path: string): any => document.paths[path].post.requestBody.content["application/json"].schema;
  const named = ({ $ref }: { $ref: string }): any => document.components.schemas[$ref.split("/").at(-1)!];
  expect(named(at("/x").properties.other)).toMatchObject({ properties: { name: { type: "string" } } });
  expect(named(at("/greet").properties.user)).toMatchObject({ properties: { id: { type: "integer" } } });
  expect(named(at("/webhooks/github"))).toMatchObject({ properties: { mine: { type: "string" } } });
});
