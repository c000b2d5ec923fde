import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { AppEnvError } from "@appenv/core";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { listenApi } from "../../src/api/rpc/api-server.ts";
import { send, startApi } from "../support/api.ts";

async function rejection(promise: Promise<unknown>): Promise<AppEnvError> {
  try {
    await promise;
  } catch (error) {
    if (AppEnvError.is(error)) return error;
    throw error;
  }
  throw new Error("it did not reject");
}

/** Sends bytes as they are and reads until the server closes. */
async function raw(endpoint: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(endpoint).port), "127.0.0.1");
  socket.on("error", () => {});
  socket.write(bytes);
  return text(socket).catch(() => "");
}

describe("listening", () => {
  test("names the platform that has the port", async () => {
    const { endpoint, home } = await startApi();
    const port = Number(new URL(endpoint).port);
    const error = await rejection(listenApi("127.0.0.1", port));
    expect(error.code).toBe("PORT_IN_USE");
    expect(error.message).toBe(
      `Port ${port} on 127.0.0.1 is in use by the platform of ${home} (process ${process.pid}).`,
    );
  });

  test("says that something else has the port, and that an address is none of this machine", async () => {
    const other = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const taken = await rejection(listenApi("127.0.0.1", port));
    expect([taken.code, taken.message]).toEqual([
      "PORT_IN_USE",
      `Port ${port} on 127.0.0.1 is in use by another process.`,
    ]);
    expect((await rejection(listenApi("192.0.2.1", 0))).code).toBe("INVALID_OPTION");
  });

  test("keeps early requests until there are answers", async () => {
    const server = await listenApi("127.0.0.1", 0);
    const answer = send(server.endpoint);
    server.answerWith({ request: (_, response) => response.end("late"), upgrade: (_, socket) => socket.destroy() });
    expect((await answer).body).toBe("late");
    await server.close();
    await server.close();
    await expect(send(server.endpoint)).rejects.toThrow("ECONNREFUSED");
  });
});

describe("a client that goes away without a word", () => {
  const settings = "\0\0\0\u0004\0\0\0\0\0";
  test.each([
    ["before it has sent anything", ""],
    ["in the middle of its preface", "PRI * HT"],
    ["with an open session of HTTP/2", `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}\0\0\0\u0004\u0001\0\0\0\0`],
    ["in the middle of a frame", `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}\0\0`],
    ["in the middle of its headers", "GET / HTTP/1.1\r\nHost: "],
    ["after an answer", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ])("%s is closed at once", async (_, bytes) => {
    const api = await startApi();
    const socket = connect({ port: Number(new URL(api.endpoint).port), host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => {});
    socket.resume();
    await once(socket, "connect");
    if (bytes !== "") {
      socket.write(bytes, "latin1");
      await send(`${api.endpoint}/healthz`);
    }
    const ended = once(socket, "end");
    socket.end();
    // The server's end: without it the descriptor would stay with the platform.
    expect(await ended).toEqual([]);
  });
});

describe("bad input", () => {
  test.each([
    ["no HTTP", "hello\r\n\r\n", /^HTTP\/1.1 400/],
    ["no Host", "GET / HTTP/1.0\r\n\r\n", /^HTTP\/1.1 403/],
    ["a URL that is none", "GET //[ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", /^HTTP\/1.1 404/],
    [
      "an absolute URL",
      "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
      /^HTTP\/1.1 404/,
    ],
    ["broken HTTP/2", `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"x".repeat(200)}`, /^/],
  ])("%s does not disturb the server", async (_, bytes, expected) => {
    const api = await startApi();
    expect(await raw(api.endpoint, bytes)).toMatch(expected);
    expect((await send(`${api.endpoint}/healthz`)).status).toBe(200);
  });

  test.each(["", "PRI"])("a connection that stops after '%s' does not hold up the end", async (bytes) => {
    const api = await startApi();
    const reading = raw(api.endpoint, bytes);
    await send(`${api.endpoint}/healthz`);
    // Without the timer that cuts what is open.
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    await expect(api.close()).resolves.toBeUndefined();
    await reading;
  });

  test("a message that cannot be read, or is too large, is refused", async () => {
    const { endpoint } = await startApi();
    const url = `${endpoint}/flyteidl2.app.AppService/Create`;
    const post = (type: string, body: string | Uint8Array) =>
      send(url, { method: "POST", headers: { "content-type": type }, body });
    expect((await post("application/json", "{")).status).toBe(400);
    expect((await post("application/json", '{"app": 7}')).status).toBe(400);
    expect((await post("application/proto", new Uint8Array([255, 255, 255]))).body).toContain("parse binary");
    expect((await post("text/plain", "hello")).status).toBe(415);
    const large = await post("application/proto", new Uint8Array(4 * 1024 * 1024 + 1));
    expect(JSON.parse(large.body)).toMatchObject({ code: "resource_exhausted" });
    expect((await send(`${endpoint}/healthz`)).status).toBe(200);
  });
});
