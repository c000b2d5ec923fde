// A project in which the packed packages are installed as they would be from the registry, without a network:
// AppEnv's own from the tarballs, what they depend on from the workspace.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { WorkspacePackage } from "./workspace.ts";

const app = `import { FastifyAppEnvironment } from "@appenv/fastify";
import Fastify from "fastify";
export const env = new FastifyAppEnvironment({ name: "packed", app: Fastify(), port: 18080, requiresAuth: false });
env.app.get("/", { schema: { summary: "Says hello" } }, async () => ({ message: "Hello" }));
`;

/** Unpacks the tarballs and links what they depend on. */
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
}

function link(from: string, to: string): void {
  if (existsSync(to) || !existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(from), to);
}

/** Serves an app there and asks it; gives what was wrong. */
export async function servePacked(folder: string): Promise<readonly string[]> {
  const main = join(folder, "node_modules/appenv/dist/main.js");
  const child = spawn(process.execPath, [main, "serve", "app.ts", "--local", "--port", "0", "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, APPENV_HOME: join(folder, ".appenv"), NODE_PATH: "" },
  });
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  const exited = new Promise<number | null>((done) => child.on("close", done));
  const line = await Promise.race([firstLine(child.stdout), exited]);
  if (typeof line !== "string") return [`appenv serve ended with ${line} before it served:\n${errors}`];
  const problems = await ask((JSON.parse(line) as { endpoint: string }).endpoint);
  child.kill("SIGINT");
  const code = await exited;
  if (code !== 0) problems.push(`appenv serve ended with ${code} after Ctrl-C:\n${errors}`);
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
