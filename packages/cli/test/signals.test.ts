import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRunningPlatform } from "@appenv/client/internal";
import { expect, onTestFinished, test, vi } from "vitest";
import { makeProject } from "./support/cli.ts";

vi.setConfig({ testTimeout: 120_000 });

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

const files = {
  // A process of another kind, that ends at SIGTERM at once.
  "inner.mjs": `
    import { createServer } from "node:http";
    createServer((request, response) => {
      if (request.url === "/slow") return void setTimeout(() => response.end("whole"), 1_500);
      response.end(String(process.pid));
    }).listen(Number(process.env.PORT), "127.0.0.1");`,
  "app.ts": `
    import { fileURLToPath } from "node:url";
    import { AppEnvironment } from "@appenv/core";
    const inner = fileURLToPath(new URL("inner.mjs", import.meta.url));
    export const env = new AppEnvironment({ name: "inner", requiresAuth: false, command: [process.execPath, inner] });`,
  // As npx does: a shell between it and the command, signals are passed to that shell only.
  "npx.mjs": `
    import { spawn } from "node:child_process";
    process.title = "npm exec appenv serve";
    const words = process.argv.slice(2);
    const env = { ...process.env, npm_command: "exec" };
    const shell = spawn("/bin/sh", ["-c", '"$@"; exit $?', "sh", ...words], { env, stdio: "inherit" });
    for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => shell.kill(signal));
    shell.on("exit", (code) => process.exit(code ?? 1));`,
};

interface Served {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly url: string;
  /** The process that holds the platform. */
  readonly platform: number;
  readonly inner: number;
}

/** Serves the command app from a process group of its own. */
async function serveInGroup(before: readonly string[] = []): Promise<Served> {
  const folder = makeProject(files);
  const words = [...before, process.execPath, main, "serve", "app.ts", "--port", "0", "--json"];
  const clean = Object.entries(process.env).filter(([name]) => !/^(APPENV|npm)_/.test(name));
  const env = { ...Object.fromEntries(clean), HOME: folder, APPENV_HOME: join(folder, ".appenv") };
  const child = spawn(words[0] ?? "", words.slice(1), {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => signalGroup(child, "SIGKILL"));
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  const { endpoint: url } = JSON.parse(String(line)) as { endpoint: string };
  const running = await readRunningPlatform(join(folder, ".appenv"));
  const inner = Number(await (await fetch(url)).text());
  return { child, folder, url, platform: running?.pid ?? 0, inner };
}

function signalGroup({ pid = 0 }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended.
  }
}

/** One that has ended may wait for its parent for long. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = `/proc/${pid}/status`;
    return !existsSync(status) || !/^State:\tZ/m.test(readFileSync(status, "utf8"));
  } catch {
    return false;
  }
}

/** An open request to the app; resolves when the app has it. */
async function openRequest(url: string): Promise<{ answer: Promise<string> }> {
  const answer = fetch(`${url}/slow`).then(async (response) => `${response.status} ${await response.text()}`);
  // The next answer comes from the same process, after it has taken the first request.
  await fetch(url);
  return { answer };
}

test.runIf(process.platform !== "win32").each(["SIGTERM", "SIGINT"] as const)(
  "%s to the whole process group lets a command app finish what is open",
  async (signal) => {
    const { child, url, inner } = await serveInGroup();
    const { answer } = await openRequest(url);
    const exited = once(child, "exit");
    signalGroup(child, signal);
    expect(await answer).toBe("200 whole");
    expect(await exited).toEqual([0, null]);
    expect(isAlive(inner)).toBe(false);
  },
);

test.runIf(process.platform !== "win32").each(["SIGTERM", "SIGKILL"] as const)(
  "when npx is ended by %s, the platform it started finishes what is open and ends",
  async (signal) => {
    const { child, folder, url, platform, inner } = await serveInGroup([process.execPath, "npx.mjs"]);
    expect(platform).not.toBe(child.pid);
    const { answer } = await openRequest(url);
    child.kill(signal);
    expect(await answer).toBe("200 whole");
    await expect.poll(() => [platform, inner].map((pid) => isAlive(pid))).toEqual([false, false]);
    expect(existsSync(join(folder, ".appenv", "platform.json"))).toBe(false);
  },
);

test.runIf(process.platform !== "win32")(
  "when the platform is killed, the process of a command app ends too",
  async () => {
    const { platform, inner } = await serveInGroup();
    process.kill(platform, "SIGKILL");
    await expect.poll(() => isAlive(inner)).toBe(false);
  },
);
