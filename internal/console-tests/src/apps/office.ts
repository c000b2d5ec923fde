import { createServer } from "node:http";
import { AppEnvironment, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

/** Tasks that others depend on, and nobody calls at first. */
export const archive = new TaskEnvironment({ name: "archive" });
const paper = { input: z.object({ title: z.string() }), output: z.string() };
export const store = archive.task({ name: "store", ...paper }, ({ title }) => `stored ${title}`);
export const find = archive.task({ name: "find", ...paper }, ({ title }) => `found ${title}`);

export const office = new TaskEnvironment({ name: "office", dependsOn: [archive] });
export const file = office.task({ name: "file", ...paper }, ({ title }) => store({ title }));
export const stamp = office.task({ name: "stamp", ...paper }, ({ title }) => `stamped ${title}`);

function app(name: string, dependsOn: readonly TaskEnvironment[]): AppEnvironment {
  const env = new AppEnvironment({ name, requiresAuth: false, dependsOn });
  env.server(() => createServer((_, response) => response.end("open")));
  return env;
}

export const desk = app("desk", [office]);
/** The same without the dependency. */
export const alone = app("alone", []);
