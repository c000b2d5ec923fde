import { existsSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { probe } from "./probe.ts";

/** What a running platform writes into `platform.json` of its state directory. */
export interface RunningPlatform {
  /** The API's URL. */
  readonly endpoint: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The state directory of the platform for a directory: `APPENV_HOME`, else `.appenv` beside the nearest package.json. */
export function platformHome(from: string = process.cwd(), env: NodeJS.ProcessEnv = process.env): string {
  const stated = env["APPENV_HOME"];
  if (stated !== undefined && stated !== "") return resolve(from, stated);
  return join(projectRoot(from) ?? resolve(from), ".appenv");
}

/** The nearest directory upwards with a package.json. */
export function projectRoot(from: string): string | undefined {
  const directory = resolve(from);
  if (existsSync(join(directory, "package.json"))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : projectRoot(parent);
}

/** The platform that runs for a state directory, if one does. What a dead one left behind does not count. */
export async function readRunningPlatform(home: string): Promise<RunningPlatform | undefined> {
  const platform = await readPlatformFile(join(home, "platform.json"));
  if (platform === undefined || !isAlive(platform.pid)) return undefined;
  const { home: answeringHome } = await probe(platform.endpoint);
  return answeringHome !== undefined && realPath(answeringHome) === realPath(home) ? platform : undefined;
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

async function readPlatformFile(file: string): Promise<RunningPlatform | undefined> {
  try {
    const content = JSON.parse(await readFile(file, "utf8")) as Partial<RunningPlatform> | null;
    const { endpoint, pid, startedAt = "" } = content ?? {};
    return typeof endpoint === "string" && typeof pid === "number" ? { endpoint, pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
