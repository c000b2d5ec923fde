import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serveExample } from "@appenv-internal/conformance";
import { expect, onTestFinished, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const app = fileURLToPath(new URL("../basic-websocket/app.ts", import.meta.url));
const client = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const python = fileURLToPath(new URL("../../.python-client/bin/python", import.meta.url));
const missing = !existsSync(python);
if (missing) process.stderr.write("The Python client is not tested without its package: npm run setup:system\n");

/** A client in a process of its own, and what it has printed. */
function start(file: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [client(file), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  return { output: () => output, type: (line: string) => child.stdin.write(`${line}\n`) };
}

test("the typed client talks, and connects again when the app is served anew", async () => {
  const { endpoint, run } = await serveExample(app);
  const { output, type } = start("client.ts", endpoint);
  await expect.poll(output).toBe("Connected\n");
  type("Hello, Server!");
  await expect.poll(output).toContain("Received: Echo: Hello, Server!\n");

  await run("serve", app, "-e", "VERSION=2", "--json");
  await expect.poll(output).toContain("Lost (1012), again in ");
  type("Still there?");
  await expect.poll(output).toContain("Connected again\nReceived: Echo: Still there?\n");
  type("");
  await expect.poll(output).toContain("The message does not fit what this socket takes.\n");
});

test("a WebSocket as browsers have it does as well", async () => {
  const { endpoint } = await serveExample(app);
  const { output } = start("client.mjs", `${endpoint.replace("http", "ws")}/ws`, '{"text":"Hello, Server!"}');
  await expect.poll(output).toBe('{"text":"Echo: Hello, Server!"}\n');
});

test.skipIf(missing)("and so does a Python script", async () => {
  const { endpoint } = await serveExample(app);
  const uri = `${endpoint.replace("http", "ws")}/ws`;
  const { stdout } = await promisify(execFile)(python, [client("client.py"), uri]);
  expect(stdout).toBe("Received: Echo: Hello, Server!\n");
});
