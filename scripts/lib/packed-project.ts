// A project in which the packed packages are installed as from the registry, without a network: AppEnv's own from the
// tarballs, their dependencies from the workspace.
import { execFileSync, spawn, type ChildProcessByStdio } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { startFlyteBackend } from "../../internal/conformance/src/flyte-backend/backend.ts";
import type { WorkspacePackage } from "./workspace.ts";

const app = `import { FastifyAppEnvironment } from "@appenv/fastify";
import Fastify from "fastify";
export const env = new FastifyAppEnvironment({ name: "packed", app: Fastify(), port: 18080, requiresAuth: false });
env.app.get("/", { schema: { summary: "Says hello" } }, async () => ({ message: "Hello" }));
`;

const tasks = `import { map, TaskEnvironment } from "@appenv/core";
import { z } from "zod";
export const env = new TaskEnvironment({ name: "packed" });
const input = z.object({ x: z.int() });
export const double = env.task({ name: "double", input, output: z.int() }, ({ x }) => 2 * x);
export const sum = env.task({ name: "sum", input, output: z.int() }, async ({ x }) => {
  const doubled = await map(double, Array.from({ length: x }, (_, index) => ({ x: index + 1 })));
  return doubled.reduce((total, each) => total + each, 0);
});
`;

/** Unpacks the tarballs and links their dependencies. */
export function installPacked(folder: string, tarballs: ReadonlyMap<WorkspacePackage, string>): void {
  for (const [item, tarball] of tarballs) {
    const target = join(folder, "node_modules", item.name);
    mkdirSync(dirname(target), { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "-C", dirname(target)]);
    renameSync(join(dirname(target), "package"), target);
  }
  const own = new Set([...tarballs.keys()].map(({ name }) => name));
  for (const item of tarballs.keys()) {
    const { dependencies, peerDependencies } = item.manifest;
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (!own.has(name)) link(join(item.path, "node_modules", name), join(folder, "node_modules", name));
    }
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "app.ts"), app);
  writeFileSync(join(folder, "tasks.ts"), tasks);
}

function link(from: string, to: string): void {
  if (existsSync(to) || !existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(from), to);
}

/** Runs a task there that calls others. Returns what was wrong. */
export async function runPacked(folder: string): Promise<readonly string[]> {
  const { child, exited, errors } = start(folder, ["run", "tasks.ts", "sum", "--x", "3"]);
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  const code = await exited;
  if (code === 0 && output === "12\n") return [];
  return [`appenv run ended with ${code} and printed '${output}':\n${errors()}`];
}

/** Runs a task on a cluster, and serves an app there, from what is uploaded. Returns what was wrong. */
export async function deployPacked(folder: string): Promise<readonly string[]> {
  const backend = await startFlyteBackend();
  try {
    const at = ["--endpoint", backend.endpoint];
    const task = start(folder, ["run", "tasks.ts", "sum", "--x", "3"], at);
    const serving = start(folder, ["serve", "app.ts", "--json"], at);
    const [sum, served] = await Promise.all([outputOf(task), outputOf(serving)]);
    if (sum !== "12\n") return [`appenv run on a cluster printed '${sum}':\n${task.errors()}`];
    if (served === "") return [`appenv serve on a cluster printed nothing:\n${serving.errors()}`];
    const { endpoint } = JSON.parse(served) as { endpoint: string };
    const answer = await fetch(endpoint).then((response) => response.text());
    return answer.includes("Hello") ? [] : [`the app on a cluster answered ${answer}`];
  } finally {
    await backend.close();
  }
}

async function outputOf({ child, exited }: ReturnType<typeof start>): Promise<string> {
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  await exited;
  return output;
}

function start(
  folder: string,
  words: readonly string[],
  at: readonly string[] = ["--local", "--port", "0"],
): {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<number | null>;
  readonly errors: () => string;
} {
  const main = join(folder, "node_modules/appenv/dist/main.js");
  const child = spawn(process.execPath, [main, ...words, ...at], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, APPENV_HOME: join(folder, ".appenv"), NODE_PATH: "" },
  });
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  return { child, exited: new Promise((done) => child.on("close", done)), errors: () => errors };
}

/** Serves an app there and sends it a request. Returns what was wrong. */
export async function servePacked(folder: string): Promise<readonly string[]> {
  const { child, exited, errors } = start(folder, ["serve", "app.ts", "--json"]);
  const line = await Promise.race([firstLine(child.stdout), exited]);
  if (typeof line !== "string") return [`appenv serve ended with ${line} before it served:\n${errors()}`];
  const problems = await ask((JSON.parse(line) as { endpoint: string }).endpoint);
  child.kill("SIGINT");
  const code = await exited;
  if (code !== 0) problems.push(`appenv serve ended with ${code} after Ctrl-C:\n${errors()}`);
  return problems;
}

async function ask(endpoint: string): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, part] of [
    ["/", '"Hello"'],
    ["/health", ""],
    ["/openapi.json", "Says hello"],
    ["/docs", "<html"],
  ]) {
    const response = await fetch(`${endpoint}${path}`, { headers: { connection: "close" } });
    const text = await response.text();
    if (!response.ok || !text.includes(part ?? "")) {
      problems.push(`GET ${path} of the served app: ${response.status} ${text.slice(0, 200)}`);
    }
  }
  return problems;
}

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  return new Promise((done) => {
    stream.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) done(text.slice(0, text.indexOf("\n")));
    });
  });
}
