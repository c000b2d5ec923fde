import { request } from "node:http";
import { expect, test } from "vitest";
import { get, plainEnvironment, rawClient, serveForTest, untilLoad, upgradeRequest } from "../helpers.ts";

test("open requests are counted until they are finished", async () => {
  const answers: (() => void)[] = [];
  const served = await serveForTest(plainEnvironment((_request, response) => answers.push(() => response.end("done"))));
  const pending = [fetch(served.url), fetch(served.url), fetch(served.url)];
  await untilLoad(served, ({ inFlight }) => inFlight === 3);
  for (const answer of answers) answer();
  await Promise.all(pending);
  const load = await untilLoad(served, ({ inFlight }) => inFlight === 0);
  expect(load.requests).toBe(3);
  expect(load.busyMs).toBeGreaterThan(0);
});

test("a thousand aborted requests leave nothing behind", async () => {
  const served = await serveForTest(plainEnvironment((incoming) => incoming.resume()));
  for (let round = 1; round <= 10; round += 1) {
    const requests = Array.from({ length: 100 }, (_, index) => {
      const outgoing = request(served.url, { agent: false, method: index % 2 === 0 ? "GET" : "POST" });
      outgoing.on("error", () => {});
      if (index % 2 === 0) outgoing.end();
      else outgoing.write("half a body");
      return outgoing;
    });
    await untilLoad(served, (load) => load.requests === round * 100);
    for (const outgoing of requests) outgoing.destroy();
    await untilLoad(served, ({ inFlight, connections }) => inFlight === 0 && connections === 0);
  }
  expect(served.app.ingress.load()).toMatchObject({ requests: 1_000, inFlight: 0, sockets: 0 });
  // They were never answered, and so took no time to be.
  const { responses, latency } = served.app.ingress.load();
  expect([responses, Math.max(...latency)]).toEqual([[1_000, 0, 0, 0, 0, 0], 0]);
});

test("pipelined requests are counted, also when their connection dies", async () => {
  const served = await serveForTest(
    plainEnvironment((incoming, response) => {
      if (incoming.url !== "/hang") response.end(incoming.url);
    }),
  );
  const client = rawClient(served.port).send(get("/1") + get("/2") + get("/3"));
  await client.until("/3");
  await untilLoad(served, ({ inFlight, requests }) => inFlight === 0 && requests === 3);
  client.send(get("/hang") + get("/4") + get("/hang"));
  await untilLoad(served, ({ requests }) => requests === 6);
  expect(served.app.ingress.load().inFlight).toBe(3);
  client.socket.destroy();
  await untilLoad(served, ({ inFlight, connections }) => inFlight === 0 && connections === 0);
});

test("HEAD requests, empty answers and requests the app destroys are finished", async () => {
  const served = await serveForTest(
    plainEnvironment((incoming, response) => {
      if (incoming.url === "/destroy") incoming.destroy();
      else response.writeHead(204).end();
    }),
  );
  await fetch(served.url, { method: "HEAD" });
  await fetch(served.url);
  await expect(fetch(`${served.url}/destroy`)).rejects.toThrow("fetch failed");
  const load = await untilLoad(served, ({ inFlight }) => inFlight === 0);
  expect(load).toMatchObject({ requests: 3, responses: [1, 0, 2, 0, 0, 0] });
});

test("a client that hangs up while the response streams is no load any more", async () => {
  const served = await serveForTest(
    plainEnvironment((_request, response) => {
      const timer = setInterval(() => response.write("tick\n"), 5);
      response.on("close", () => clearInterval(timer));
    }),
  );
  const client = rawClient(served.port).send(get("/"));
  await client.until("tick");
  client.socket.destroy();
  expect(await untilLoad(served, ({ inFlight }) => inFlight === 0)).toMatchObject({ requests: 1 });
});

test("an upgraded socket is in flight until it closes", async () => {
  const environment = plainEnvironment((_request, response) => response.end());
  environment.mount({
    matches: () => true,
    upgrade: (_request, socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
  });
  const served = await serveForTest(environment);
  const client = rawClient(served.port).send(upgradeRequest());
  await client.until("101");
  expect(served.app.ingress.load()).toMatchObject({ inFlight: 1, sockets: 1, requests: 1, connections: 1 });
  client.socket.resetAndDestroy();
  await untilLoad(served, ({ inFlight, sockets, connections }) => inFlight + sockets + connections === 0);
});
