import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { root } from "./workspace.ts";

/** Result of a command. */
export interface Outcome {
  /** True if it exited with 0. */
  readonly ok: boolean;
  /** Its output; empty if that was shown. */
  readonly output: string;
}

/** Options of a command. */
export interface RunOptions {
  /** Default: the root of the repository. */
  readonly cwd?: string;
  /** Show the output as it comes instead of collecting it. Default false. */
  readonly show?: boolean;
}

/** Runs a command with the repository's own tools first on the path. */
export function run(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [command = "", ...args] = words;
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      stdio: options.show === true ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      env: environment(options.show === true),
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => done({ ok: false, output: `${command} could not be started: ${error.message}` }));
    child.on("close", (code) => done({ ok: code === 0, output }));
  });
}

function environment(show: boolean): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`,
    TURBO_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    ...(show ? {} : { NO_COLOR: "1", FORCE_COLOR: undefined }),
  };
}
