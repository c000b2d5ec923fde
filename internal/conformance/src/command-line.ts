import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { expectNoWarnings } from "../../../scripts/lib/process-warnings.ts";

const main = fileURLToPath(new URL("../../../packages/cli/src/main.ts", import.meta.url));

/** The outcome of a command. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A platform that runs in a process of its own. */
export interface RunningPlatformProcess {
  /** The API's URL. */
  readonly endpoint: string;
  readonly pid: number;
  /** `kill -9`. Resolves when the process has ended. */
  kill(): Promise<void>;
}

/** The command line as users call it, with state of its own, removed with the test. */
export interface CommandLine {
  /** The state directory. */
  readonly home: string;
  /** Runs a command to its end. A URL stands for its file. */
  run(...args: readonly (string | URL)[]): Promise<CommandResult>;
  /** Runs a command with `--json`, which must succeed, and gives what it printed last. */
  json<T = unknown>(...args: readonly (string | URL)[]): Promise<T>;
  /** Runs a file with `node`. */
  node(file: URL): Promise<CommandResult>;
  /** `appenv up` on any port. It is ended with the test. */
  up(): Promise<RunningPlatformProcess>;
}

/** Makes a command line with an empty state directory. */
export function commandLine(): CommandLine {
  const home = mkdtempSync(join(tmpdir(), "appenv-example-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
  const clean = Object.entries(process.env).filter(([name]) => !/^(FLYTE|APPENV|_U_|UCTL|DEBUG)/.test(name));
  const env = { ...Object.fromEntries(clean), APPENV_HOME: home };
  const run = (...args: readonly (string | URL)[]) => collect([main, ...args.map((arg) => word(arg))], env);
  return {
    home,
    run,
    json: async <T>(...args: readonly (string | URL)[]) => {
      const { code, stdout, stderr } = await run(...args, "--json");
      if (code !== 0) throw new Error(`appenv ${args.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
    },
    node: (file) => collect([word(file)], env, dirname(word(file))),
    up: () => startPlatform(env),
  };
}

function word(arg: string | URL): string {
  return typeof arg === "string" ? arg : fileURLToPath(arg);
}

async function collect(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<CommandResult> {
  const place = cwd === undefined ? {} : { cwd };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"], ...place });
  const ended = once(child, "close") as Promise<[number | null]>;
  const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  return { code: (await ended)[0], stdout: stdout.join(""), stderr: stderr.join("") };
}

async function startPlatform(env: NodeJS.ProcessEnv): Promise<RunningPlatformProcess> {
  const child = spawn(process.execPath, [main, "up", "--port", "0", "--json"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const errors = child.stderr.toArray();
  onTestFinished(async () => {
    child.kill("SIGINT");
    await exited;
    expectNoWarnings((await errors).join(""));
  });
  for await (const line of createInterface(child.stdout)) {
    const { endpoint } = JSON.parse(line) as { endpoint: string };
    const kill = async (): Promise<void> => {
      child.kill("SIGKILL");
      await exited;
    };
    return { endpoint, pid: child.pid ?? 0, kill };
  }
  throw new Error(`The platform was not started: ${(await errors).join("")}`);
}
