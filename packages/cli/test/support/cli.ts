import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { expectNoWarnings } from "../../../../scripts/lib/process-warnings.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const packages = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** The outcome of a command. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory of its own, in which the workspace's packages can be imported; removed after the test. */
export function makeProject(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "appenv-cli-")));
  symlinkSync(packages, join(folder, "node_modules"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ "package.json": '{"type":"module"}', ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Starts the real command line in a directory, without anything of the caller's configuration. `input` is its stdin. */
export function startCli(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}, input = ""): RunningCli {
  return startNode([main, ...args], cwd, env, input);
}

/** Starts a program as `startCli` starts the command line: with the directory's own platform. */
export function startNode(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}, input = ""): RunningCli {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(FLYTE|APPENV|_U_|UCTL|DEBUG|NODE_OPTIONS)/.test(name),
  );
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...Object.fromEntries(clean), HOME: cwd, APPENV_HOME: join(cwd, ".appenv"), ...env },
  });
  // A command that fails before it reads closes it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const running = new RunningCli(child);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    expectNoWarnings((await running.finished).stderr);
  });
  return running;
}

/** Runs the real command line to its end. */
export function runCli(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
  input = "",
): Promise<CliResult> {
  return startCli(args, cwd, env, input).finished;
}

/** A command that is running. */
export class RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<CliResult>;
  stdout = "";
  stderr = "";

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.finished = new Promise((done) => {
      child.on("close", (code) => done({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Resolves when an output contains a text so many times; rejects if the command ends before. */
  async until(stream: "stdout" | "stderr", text: string, times = 1): Promise<void> {
    const isThere = (): boolean => this[stream].split(text).length > times;
    while (!isThere()) {
      const more = new Promise<"more">((done) => this.child[stream].once("data", () => done("more")));
      const next = await Promise.race([more, this.finished]);
      if (next !== "more" && !isThere()) {
        throw new Error(`ended with ${next.code} before ${JSON.stringify(text)}:\n${next.stdout}\n${next.stderr}`);
      }
    }
  }

  /** Ctrl-C. */
  stop(): Promise<CliResult> {
    this.child.kill("SIGINT");
    return this.finished;
  }
}
