import { fileURLToPath } from "node:url";
import { serveExample } from "@appenv-internal/conformance";
import { followSocket, socketMessages, type SocketMessage } from "@appenv-internal/test-support/socket-reader";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("fixtures/live.ts", import.meta.url);

/** The messages of a WebSocket, and its close code or the status of the refusal. */
async function readAll(url: string, headers = {}): Promise<{ messages: SocketMessage[]; code: number }> {
  const messages: SocketMessage[] = [];
  const socket = socketMessages(url, headers);
  for (;;) {
    const next = await socket.next();
    if (next.done === true) return { messages, code: next.value };
    messages.push(next.value);
  }
}

test("a page gets every value once over WebSockets, though the app is rolled out meanwhile", async () => {
  const { endpoint, run } = await serveExample(file, "env");
  const key = (await run("create", "api-key", "page")).trim();
  const headers = { authorization: `Bearer ${key}` };
  const start = async (to: number, waits = false): Promise<string> => {
    const body = JSON.stringify({ to, waits });
    const json = { ...headers, "content-type": "application/json" };
    const started = await fetch(`${endpoint}/counts`, { method: "POST", headers: json, body });
    return ((await started.json()) as { name: string }).name;
  };
  const to = 200;
  const name = await start(to, true);
  const url = `${endpoint}/counts/${name}/streams/numbers`;
  let connections = 0;
  let rollout: Promise<void> | undefined;
  const seen: [unknown, unknown][] = [];
  const urlOf = (): string => {
    connections += 1;
    return url;
  };
  const rollOut = async (): Promise<void> => {
    await run("deploy", fileURLToPath(file), "env", "--force");
    await expect.poll(() => connections).toBeGreaterThan(1);
    await run("signal", name, "go", "true");
  };
  for await (const { type, offset, value } of followSocket(urlOf, headers)) {
    if (type === "value") seen.push([offset, value]);
    if (seen.length === 20) rollout ??= rollOut();
  }
  await rollout;
  expect(seen).toEqual(Array.from({ length: to }, (_, number) => [number, number]));
  expect(JSON.parse(await run("get", "revision", "counting", "--json"))).toHaveLength(2);
  // After a refresh the page has all of it again, or the rest of it.
  expect((await readAll(url, headers)).messages.map(({ type }) => type)).toEqual([...seen.map(() => "value"), "end"]);
  expect(await readAll(`${url}?from=${to - 1}`, headers)).toEqual({
    messages: [
      { type: "value", offset: to - 1, value: to - 1, action: "a0", section: 0 },
      { type: "end", reason: "run-ended" },
    ],
    code: 1000,
  });

  // The run itself.
  const next = await start(3);
  const { messages, code } = await readAll(`${endpoint}/counts/${next}`, headers);
  expect(code).toBe(1000);
  expect(messages.at(-1)).toMatchObject({ type: "phase", name: next, phase: "SUCCEEDED", done: true, output: 3 });
  expect(messages.findLast(({ type }) => type === "progress")).toMatchObject({
    action: "a0",
    progress: { done: 3, total: 3 },
  });
  const asEvents = await fetch(`${endpoint}/counts/${next}`, { headers: { ...headers, accept: "text/event-stream" } });
  const { type: _, ...shown } = messages.at(-1)!;
  expect(await asEvents.text()).toMatch(`event: phase\ndata: ${JSON.stringify(shown)}\n\n`);

  // A WebSocket is refused to those to whom a request is.
  const codeOf = async (path: string, more = {}): Promise<number> =>
    (await readAll(`${endpoint}${path}`, { ...headers, ...more })).code;
  expect([
    (await readAll(url)).code,
    await codeOf(`/counts/${name}/streams/numbers`, { origin: "https://evil.example" }),
    await codeOf(`/counts/${name}/streams/numbers`, { origin: endpoint }),
    await codeOf(`/counts/${name}/streams/numbers?from=x`),
    await codeOf("/counts/nothing/streams/numbers"),
    await codeOf("/counts"),
    await codeOf(`/runs/${name}/streams/numbers`),
    await codeOf(`/runs/${name}/streams/numbers`, { "x-reader": "ada" }),
    await codeOf(`/runs/${name}`, { "x-reader": "ada" }),
  ]).toEqual([401, 403, 1000, 400, 404, 405, 404, 1000, 1000]);
});
