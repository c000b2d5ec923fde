import { once } from "node:events";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";
import { WebSocket } from "ws";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("each message starts a run, and the socket tells how it goes", async () => {
  const { endpoint, run } = await serveExample(new URL("runner.ts", import.meta.url), "env");
  const socket = new WebSocket(`${endpoint.replace("http", "ws")}/run`);
  const heard: Record<string, unknown>[] = [];
  socket.on("message", (data) => heard.push(JSON.parse(String(data)) as Record<string, unknown>));
  await once(socket, "open");
  for (const x of [3, 12]) socket.send(JSON.stringify({ x }));
  await expect.poll(() => heard.filter(({ type }) => type === "done")).toHaveLength(2);
  for (const x of [3, 12]) {
    const told = heard.filter((message) => message["x"] === x);
    expect(told[0]).toMatchObject({ type: "started", run: expect.any(String) });
    expect(told.at(-2)).toEqual({ type: "phase", x, phase: "SUCCEEDED" });
    expect(told.at(-1)).toEqual({ type: "done", x, result: x * x });
  }
  const [name] = heard.filter(({ type }) => type === "started").map((message) => String(message["run"]));
  expect(JSON.parse(await run("get", "run", String(name), "--json"))).toMatchObject({ task: "squares.square" });
  socket.close();
  await once(socket, "close");
});
