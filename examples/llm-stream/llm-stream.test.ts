import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { serveExample } from "@appenv-internal/conformance";
import { expect, onTestFinished, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const cli = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** A platform over the same state, as after a crash. */
async function startAgain(home: string): Promise<void> {
  const env = { ...process.env, APPENV_HOME: home };
  const child = spawn(process.execPath, [cli, "up", "--port", "0"], { env, stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGINT");
    await exited;
  });
  for await (const line of createInterface(child.stdout)) if (line.startsWith("http")) return;
}

/** Reads a stream as a browser's EventSource does, which comes back after the last event it has. */
async function* eventSource(urlOf: () => string): AsyncGenerator<{ readonly id: number; readonly value: string }> {
  for (let last = ""; ;) {
    const response = await fetch(urlOf(), last === "" ? {} : { headers: { "last-event-id": last } }).catch(
      () => undefined,
    );
    let rest = "";
    try {
      for await (const text of response?.ok === true && response.body !== null
        ? response.body.pipeThrough(new TextDecoderStream())
        : []) {
        const events = (rest + text).split("\n\n");
        rest = events.pop() ?? "";
        for (const event of events) {
          if (event.startsWith("event: end")) return;
          const [, id = "", data = ""] = /^id: (\d+)\ndata: (.*)$/.exec(event) ?? [];
          if (id === "") continue;
          last = id;
          yield { id: Number(id), value: (JSON.parse(data) as { value: string }).value };
        }
      }
    } catch {
      // The connection was cut.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Reads a stream over WebSockets, each of which begins after the last offset that came. Resolves with all values. */
async function readSockets(urlOf: () => string): Promise<readonly string[]> {
  const values: string[] = [];
  let hasEnded = false;
  while (!hasEnded) {
    const socket = new WebSocket(`${urlOf().replace("http", "ws")}?from=${values.length}`);
    socket.addEventListener("message", ({ data }) => {
      const { type, offset, value } = JSON.parse(String(data)) as { type: string; offset?: number; value: string };
      if (type === "value" && offset === values.length) values.push(value);
      if (type === "end") hasEnded = true;
    });
    socket.addEventListener("error", () => {});
    await once(socket, "close");
    if (!hasEnded) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return values;
}

test("a page gets every word once, though the platform is killed while it answers", async () => {
  const { endpoint: first, pid, home, run } = await serveExample(new URL("llm-stream.ts", import.meta.url));
  let endpoint = first;
  const started = await fetch(`${endpoint}/answers`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: "Why?", words: 40 }),
  });
  const { name } = (await started.json()) as { name: string };
  const url = (): string => `${endpoint}/answers/${name}/streams/tokens`;
  const overSockets = readSockets(url);
  const seen: { readonly id: number; readonly value: string }[] = [];
  for await (const event of eventSource(url)) {
    seen.push(event);
    if (seen.length !== 10) continue;
    process.kill(pid, "SIGKILL");
    await startAgain(home);
    // Somebody else may have taken the port.
    endpoint = (JSON.parse(await run("get", "app", "llm-stream", "--json")) as { endpoint: string }).endpoint;
  }
  expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 41 }, (_, id) => id));
  const text = seen.map(({ value }) => value).join("");
  expect(text).toMatch(/^You asked: Why\? A stream is a list of values/);
  expect(await overSockets).toEqual(seen.map(({ value }) => value));
  // After a refresh the page has all of it again.
  expect(await readSockets(url)).toEqual(seen.map(({ value }) => value));
  let again = "";
  for await (const { value } of eventSource(url)) again += value;
  expect(again).toBe(text);
  expect((await fetch(`${url()}?from=none`)).status).toBe(400);
  expect((await fetch(`${endpoint}/answers/nothing/streams/tokens`)).status).toBe(404);
  // The command line reads it too.
  expect(JSON.parse(await run("get", "stream", name, "--json"))).toMatchObject([
    { name: "tokens", entries: 42, closed: true },
  ]);
  expect(await run("get", "stream", name, "tokens", "--follow", "--from", "39")).toBe(" A\n stream\n");
  expect(await run("get", "run", name)).toMatch(/progress: +█{20} 100 %\n/);
  const page = await fetch(endpoint);
  expect([page.headers.get("content-type"), await page.text()]).toEqual([
    "text/html; charset=utf-8",
    expect.stringContaining("new EventSource("),
  ]);
  const { paths } = (await (await fetch(`${endpoint}/openapi.json`)).json()) as { paths: Record<string, object> };
  expect(Object.keys(paths)).toContain("/answers/{run}/streams/{stream}");
});
