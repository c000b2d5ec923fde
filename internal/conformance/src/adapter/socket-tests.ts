import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { apiKey, start } from "./start.ts";
import { whenAble } from "./when-able.ts";

/** Upgrades. */
export function socketTests(adapter: AdapterUnderTest): void {
  const { websockets } = adapter.abilities;

  it("answers 404 to an upgrade if the app takes none", async () => {
    const app = await start(adapter, { sockets: false });
    expect(await refused(`${app.url}/ws`)).toMatchObject({ status: 404 });
    expect((await app.fetch("/")).status).toBe(200);
  });

  whenAble(websockets, "echoes", async () => {
    const app = await start(adapter);
    const socket = await open(`${app.url}/ws`);
    socket.send("hello");
    const [message] = (await once(socket, "message")) as [Buffer];
    expect(message.toString()).toBe("hello");
  });

  whenAble(websockets, "answers 404 to an upgrade where there is no route", async () => {
    const app = await start(adapter);
    expect(await refused(`${app.url}/nowhere`)).toMatchObject({ status: 404 });
  });

  whenAble(websockets, "asks for a key before it upgrades", async () => {
    const app = await start(adapter, { requiresAuth: true });
    const { status, body } = await refused(`${app.url}/ws`);
    expect(status).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ code: "UNAUTHENTICATED" });
    const socket = await open(`${app.url}/ws`, { headers: { authorization: `Bearer ${apiKey}` } });
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  whenAble(websockets, "tells the handler of a message who opened the socket", async () => {
    const app = await start(adapter, { requiresAuth: true });
    const socket = await open(`${app.url}/ws`, { headers: { authorization: `Bearer ${apiKey}` } });
    for (const message of ["one", "two"]) {
      socket.send(message);
      await once(socket, "message");
    }
    const who = { kind: "api-key", subject: expect.stringMatching(/^api-key:/), claims: {} };
    expect(app.fixture.identities).toEqual([who, who]);
  });
}

/** An open socket, closed at the end of the test. */
export async function open(url: string, options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), options);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

/** The plain HTTP answer to an upgrade. */
export async function refused(url: string): Promise<{ status: number | undefined; body: string }> {
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  const answer = { status: response.statusCode, body: await text(response) };
  socket.on("error", () => {}).terminate();
  return answer;
}
