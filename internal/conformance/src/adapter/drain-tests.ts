import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { open } from "./socket-tests.ts";
import { start } from "./start.ts";
import { whenAble } from "./when-able.ts";

/** Requests and sockets that are open when an app stops. */
export function drainTests(adapter: AdapterUnderTest): void {
  it("finishes a running request, and accepts no new connection", async () => {
    const app = await start(adapter);
    const running = app.fetch("/slow");
    await app.fixture.slowGate.reached;
    const closed = app.close();
    await refusesConnections(app.port);
    app.fixture.slowGate.open();
    const response = await running;
    expect(await response.json()).toEqual({ message: "at last" });
    await closed;
  });

  it("finishes a response that has begun", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("one,");
    const closed = app.close();
    await refusesConnections(app.port);
    app.fixture.streamGate.open();
    expect((await reader.read()).value).toBe("two");
    expect((await reader.read()).done).toBe(true);
    await closed;
  });

  it("ends an event stream cleanly", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/events");
    const closed = app.close();
    expect(await response.text()).toBe("data: hello\n\n");
    await closed;
    await app.fixture.eventsClosed;
  });

  it("ends idle connections", async () => {
    const app = await start(adapter);
    const socket = connect(app.port, "127.0.0.1");
    await once(socket, "connect");
    socket.resume();
    const ended = once(socket, "close");
    await app.close();
    expect(await ended).toEqual([false]);
  });

  whenAble(adapter.abilities.websockets, "tells a WebSocket to reconnect, and when", async () => {
    const app = await start(adapter);
    const socket = await open(`${app.url}/ws`);
    const closing = once(socket, "close") as Promise<[code: number, reason: Buffer]>;
    await app.close();
    const [code, reason] = await closing;
    expect(code).toBe(1012);
    expect(reason.toString()).toMatch(/reconnect in \d+ms/);
  });
}

/** Resolves when nobody listens on the port any more. */
async function refusesConnections(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const [event] = await Promise.race([
      once(socket, "connect").then(() => ["connected"]),
      once(socket, "close").then(() => ["refused"]),
    ]).catch(() => ["refused"]);
    socket.on("error", () => {}).destroy();
    if (event === "refused") return;
  }
}
