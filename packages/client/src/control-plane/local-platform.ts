import { existsSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { readOwnerToken } from "./api-token.ts";
import { probe } from "./probe.ts";

/** The contents of `platform.json`, which a running platform writes into its state directory. */
export interface RunningPlatform {
  /** The API's URL; `unix:PATH` of one that listens on its Unix socket alone. */
  readonly endpoint: string;
  /** The path of its Unix socket, where there is one. */
  readonly socket?: string;
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

/**
 * The platform that runs for a state directory, if one does; the file of a dead one does not count.
 *
 * @throws AppEnvError UNREACHABLE if something is there and does not answer.
 */
export async function readRunningPlatform(home: string): Promise<RunningPlatform | undefined> {
  const platform = await readPlatformFile(join(home, "platform.json"));
  if (platform === undefined || !isAlive(platform.pid)) return undefined;
  const token = readOwnerToken(home);
  const { home: answeringHome, proved } = await probe(platform.endpoint, token);
  if (token !== undefined) return proved === true ? platform : undefined;
  // Another user's: it cannot be told for certain, and no token is sent there.
  return answeringHome !== undefined && realPath(answeringHome) === realPath(home) ? platform : undefined;
}

/** The state directory of this directory's platform, if that platform answers at an endpoint. @throws AppEnvError UNREACHABLE. */
export async function homeServing(endpoint: string): Promise<string | undefined> {
  const home = platformHome();
  const file = await readPlatformFile(join(home, "platform.json"));
  if (file === undefined || (file.endpoint !== endpoint && `unix:${file.socket}` !== endpoint)) return undefined;
  return (await readRunningPlatform(home)) === undefined ? undefined : home;
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

async function readPlatformFile(file: string): Promise<RunningPlatform | undefined> {
  try {
    const content = JSON.parse(await readFile(file, "utf8")) as Partial<RunningPlatform> | null;
    const { endpoint, socket, pid, startedAt = "" } = content ?? {};
    if (typeof endpoint !== "string" || typeof pid !== "number") return undefined;
    return { endpoint, pid, startedAt, ...(typeof socket === "string" ? { socket } : {}) };
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
