import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../../../../", import.meta.url));

/** The folder of installed peers; not in the repository. */
export const peersFolder: string = fileURLToPath(new URL("../../.peers/", import.meta.url));

/** The directory of the benchmark's own apps. */
export const appsFolder: string = fileURLToPath(new URL("../apps/", import.meta.url));

/** Versions of the packages that apps import, the same on every side: those of the repository. */
export function appDependencies(): Record<string, string> {
  return { ...fastifyDependencies(), ...versionsOf(otherDependencies) };
}

/** The same, for the Fastify app alone. */
export function fastifyDependencies(): Record<string, string> {
  return versionsOf(["fastify", "fastify-type-provider-zod", "zod"]);
}

const otherDependencies: readonly string[] = [
  "@hono/node-server",
  "@hono/zod-validator",
  "express",
  "hono",
  "hono-openapi",
  "socket.io",
  "ws",
];

function versionsOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, installedVersion(name)]));
}

function installedVersion(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
