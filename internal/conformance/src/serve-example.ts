import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { expectNoWarnings } from "../../../scripts/lib/process-warnings.ts";

const cli = fileURLToPath(new URL("../../../packages/cli/src/main.ts", import.meta.url));

/** An example that is served by the command line, in processes of its own. */
export interface ServedExample {
  /** The app's endpoint, without a slash at the end. */
  readonly endpoint: string;
  /** Its page in the console. */
  readonly url: string;
  /** The platform's process. */
  readonly pid: number;
  /** The state directory, to be passed on as `APPENV_HOME`. */
  readonly home: string;
  /** Runs another command against the same platform, and resolves with what it printed on stdout. */
  run(...args: string[]): Promise<string>;
  /** Ctrl-C. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Serves a file as a user would: `appenv serve FILE --local`, with state of its own. Ended with the test. */
export async function serveExample(file: string | URL, ...args: readonly string[]): Promise<ServedExample> {
  const home = mkdtempSync(join(tmpdir(), "appenv-example-"));
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const env = { ...process.env, APPENV_HOME: home };
  const flags = ["--local", "--port", "0", "--json", ...args];
  const child = spawn(process.execPath, [cli, "serve", path, ...flags], { env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const errors = child.stderr.toArray();
  const stop = async (): Promise<number | null> => {
    child.kill("SIGINT");
    return (await exited)[0];
  };
  onTestFinished(async () => {
    await stop();
    rmSync(home, { recursive: true, force: true });
    expectNoWarnings((await errors).join(""));
  });
  for await (const line of createInterface(child.stdout)) {
    const { endpoint, url } = JSON.parse(line) as { endpoint: string; url: string };
    return { endpoint, url, pid: child.pid ?? 0, home, stop, run: (...words) => runCommand(words, env) };
  }
  throw new Error(`The example was not served: ${(await errors).join("")}`);
}

async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
  const output = (await child.stdout.toArray()).join("");
  if (child.exitCode === null) await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`appenv ${args.join(" ")} ended with ${child.exitCode}`);
  return output;
}
