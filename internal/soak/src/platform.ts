import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../packages/cli/src/main.ts", import.meta.url));

/** Options for starting a platform. */
export interface PlatformOptions {
  /** Maximum number of descriptors it may open. Default: that of this process. */
  readonly descriptors?: number;
}

/** A platform of the soak's own, with its inspector open. */
export interface SoakedPlatform extends AsyncDisposable {
  readonly endpoint: string;
  readonly home: string;
  readonly pid: number;
  /** The inspector's WebSocket. */
  readonly inspector: string;
  /** Everything it has written to stderr. */
  readonly stderr: readonly string[];
}

/** Starts `appenv up` on any port, with an empty state directory. It is ended, and the directory removed, when disposed of. */
export async function startPlatform({ descriptors }: PlatformOptions = {}): Promise<SoakedPlatform> {
  const home = mkdtempSync(join(tmpdir(), "appenv-soak-"));
  const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
  const words = [process.execPath, "--inspect=127.0.0.1:0", main, "up", "--port", "0", "--json"];
  const child = spawn("/bin/sh", ["-c", `${limit}exec "$@"`, "sh", ...words], {
    env: { ...process.env, APPENV_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stderr: string[] = [];
  const inspector = Promise.withResolvers<string>();
  createInterface(child.stderr).on("line", (line) => {
    stderr.push(line);
    const [url] = /ws:\/\/\S+/.exec(line) ?? [];
    if (url !== undefined) inspector.resolve(url);
  });
  const endpoint = await firstLine(child, stderr);
  return {
    endpoint,
    home,
    pid: child.pid ?? 0,
    inspector: await inspector.promise,
    stderr,
    async [Symbol.asyncDispose]() {
      const exited = child.exitCode === null ? once(child, "exit") : undefined;
      child.kill("SIGTERM");
      await exited;
      rmSync(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function firstLine(child: ChildProcess, stderr: readonly string[]): Promise<string> {
  if (child.stdout === null) throw new Error("The platform has no stdout.");
  for await (const line of createInterface(child.stdout)) return (JSON.parse(line) as { endpoint: string }).endpoint;
  throw new Error(`The platform was not started: ${stderr.join("\n")}`);
}
