import { danglingRefs, serveForTest } from "@appenv-internal/conformance";
import { TaskEnvironment, type OpenApiDocument } from "@appenv/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { exposeTask, github, webhook } from "../src/index.ts";
import { plainApp } from "./support/plain-app.ts";

const tasks = new TaskEnvironment({ name: "names" });

/** The document of something else that is mounted, with a component of the same name. */
const otherDocument: OpenApiDocument = {
  openapi: "3.1.1",
  info: { title: "other", version: "0.0.0" },
  paths: {
    "/x": {
      post: {
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/shared-User-1" } } } },
        responses: { 200: { description: "OK" } },
      },
    },
  },
  components: { schemas: { "shared-User-1": { type: "object", properties: { name: { type: "string" } } } } },
};

test("ids with any characters, and one id for several schemas, make a valid document", async () => {
  const user = z.object({ id: z.int() }).meta({ id: "shared/User~1" });
  const problem = z.object({ mine: z.string() }).meta({ id: "Problem" });
  const greet = tasks.task({ name: "greet", input: z.object({ user, problem }), output: user }, (input) => input.user);
  const env = plainApp({ name: "names", dependsOn: [tasks] });
  env.mount({ matches: () => false, openapi: async () => otherDocument });
  env.mount(exposeTask(greet, { path: "/greet" }));
  env.mount(webhook(github({ secret: () => "a secret of some length" }), () => ({}), { payload: problem }));
  const document: any = await (await (await serveForTest(env)).fetch("/openapi.json")).json();
  expect(danglingRefs(document)).toEqual([]);
  for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  const at = (path: string): any => document.paths[path].post.requestBody.content["application/json"].schema;
  const named = ({ $ref }: { $ref: string }): any => document.components.schemas[$ref.split("/").at(-1)!];
  expect(named(at("/x"))).toMatchObject({ properties: { name: { type: "string" } } });
  expect(named(at("/greet").properties.user)).toMatchObject({ properties: { id: { type: "integer" } } });
  expect(named(at("/webhooks/github"))).toMatchObject({ properties: { mine: { type: "string" } } });
});
