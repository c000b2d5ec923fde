import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import {
  get,
  plainEnvironment,
  rawClient,
  serveForTest,
  untilLoad,
  upgradeRequest,
  type RawClient,
} from "../helpers.ts";

const timeouts = { request: "1s" } as const;

/** Sends a little at a time, until the connection ends. */
function drip(client: RawClient, more: string): void {
  const timer = setInterval(() => client.socket.write(more), 100);
  onTestFinished(() => clearInterval(timer));
  void client.closed.then(() => clearInterval(timer));
}

test.each([
  ["the headers", "GET / HTTP/1.1\r\nHost: test\r\nX-Slow: ", "408"],
  ["the request line", "GET /", "408"],
  ["nothing", "", "408", ""],
  ["empty lines", "", "408", "\r\n"],
  ["an upgrade", upgradeRequest().slice(0, -2), "408"],
  ["a body", "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n", "504"],
  ["chunks", "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n", "504"],
])(
  "a client that sends %s slowly is cut; others are served meanwhile, and nothing is left",
  async (_, begin, status, more = "x") => {
    let aborted = 0;
    const environment = plainEnvironment(
      (request, response) => {
        request.on("error", () => (aborted += 1)).on("end", () => response.end("read"));
        request.resume();
      },
      { timeouts },
    );
    const served = await serveForTest(environment);
    const slow = Array.from({ length: 20 }, () => rawClient(served.port).send(begin));
    for (const client of slow) drip(client, more);
    const quick = rawClient(served.port);
    let answers = 0;
    const ended = Promise.all(slow.map(({ closed }) => closed)).then(() => "ended");
    while ((await Promise.race([ended, sleep(20)])) !== "ended") {
      await quick.send(get(`/${answers}`)).until("read");
      quick.received = Buffer.alloc(0);
      answers += 1;
    }
    expect(answers).toBeGreaterThan(0);
    for (const { text } of slow) expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    quick.socket.destroy();
    await untilLoad(served, ({ inFlight, connections }) => inFlight === 0 && connections === 0);
    expect(aborted).toBe(status === "504" ? slow.length : 0);
  },
);

test("a client that reads an answer slowly holds up nobody else", async () => {
  const body = Buffer.alloc(20_000_000);
  const served = await serveForTest(plainEnvironment((_request, response) => response.end(body), { timeouts }));
  const slow = rawClient(served.port);
  slow.socket.pause();
  slow.send(get("/"));
  await untilLoad(served, ({ inFlight }) => inFlight === 1);
  for (let round = 0; round < 3; round += 1) {
    expect((await (await fetch(served.url)).arrayBuffer()).byteLength).toBe(body.length);
  }
  slow.socket.destroy();
  await untilLoad(served, ({ inFlight }) => inFlight === 0);
});
