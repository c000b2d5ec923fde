import { once } from "node:events";
import { openPage, serveForTest, systemProgram } from "@appenv-internal/conformance";
import { identity } from "@appenv/core";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { connect, fetchTicket } from "../src/client.ts";
import { WebSocketAppEnvironment, webSockets } from "../src/index.ts";

const key = "key-of-the-test";
const chromium = systemProgram("chromium");

function environment() {
  const sockets = webSockets().route(
    "/who",
    { incoming: z.enum(["who", "bye"]), outgoing: z.string() },
    async (connection) => {
      await connection.send(String(identity()?.kind));
      for await (const word of connection) {
        if (word === "bye") connection.close(4000, "bye");
        else await connection.send(`${identity()?.kind} ${connection.request.url}`);
      }
    },
  );
  return new WebSocketAppEnvironment({ name: "tickets", sockets });
}

test("a client gets a ticket before each connection, and asks again if it gets none", async () => {
  const env = environment();
  const { url } = await serveForTest(env, [key]);
  const tickets: string[] = [];
  let asked = 0;
  const ticket = async (): Promise<string> => {
    asked += 1;
    const headers = { "x-api-key": asked === 1 ? "wrong" : key };
    tickets.push(await fetchTicket(url, { headers }));
    return tickets.at(-1)!;
  };
  const session = connect(env, "/who", { url, ticket, backoff: { firstMs: 1 } });
  onTestFinished(() => session.close());
  const lost: { code: number; reason: string }[] = [];
  session.on("lost", ({ code, reason }) => lost.push({ code, reason }));
  const messages = session[Symbol.asyncIterator]();
  expect((await messages.next()).value).toBe("api-key");
  session.send("who");
  expect((await messages.next()).value).toBe("api-key /who");
  session.send("bye");
  expect((await messages.next()).value).toBe("api-key");
  expect(new Set(tickets).size).toBe(2);
  expect(lost).toEqual([
    { code: 1006, reason: `${url}/.appenv/ticket gave no ticket: HTTP 401.` },
    { code: 4000, reason: "bye" },
  ]);
});

test("a session that ends while it waits for a ticket never connects", async () => {
  const env = environment();
  const waits = Promise.withResolvers<string>();
  let opened = 0;
  const open = (): WebSocket => {
    opened += 1;
    return new WebSocket("ws://127.0.0.1:9");
  };
  const session = connect(env, "/who", { url: "http://127.0.0.1:9", ticket: () => waits.promise, open });
  session.close();
  waits.resolve("ticket");
  await waits.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(opened).toBe(0);
});

test("a client that speaks no subprotocol of the app offers a plain one", async () => {
  const { url } = await serveForTest(environment(), [key]);
  const ticket = await fetchTicket(url, { headers: { "x-api-key": key } });
  const socket = new WebSocket(`${url.replace("http", "ws")}/who`, ["appenv.ticket", `appenv.ticket.${ticket}`]);
  onTestFinished(() => socket.close());
  const [{ data }] = (await once(socket, "message")) as [MessageEvent];
  expect([data, socket.protocol]).toEqual(['"api-key"', "appenv.ticket"]);
});

test.skipIf(chromium.missing)("a page in a browser opens a socket with a ticket, and none without", async () => {
  const { url } = await serveForTest(environment(), [key]);
  const { page } = await openPage(chromium.path ?? "", `${url}/health`);
  const connectBy = (protocols: readonly string[]) =>
    page.evaluate(
      async ([credential, ...offered]) => {
        const answer = await fetch("/.appenv/ticket", { method: "POST", headers: { "x-api-key": credential! } });
        const { ticket } = (await answer.json()) as { ticket: string };
        const socket = new WebSocket(
          "/who",
          offered.map((name) => name.replace("TICKET", ticket)),
        );
        const end = new Promise<string>((resolve) => {
          socket.addEventListener("open", () => resolve(`open ${socket.protocol}`));
          socket.addEventListener("close", ({ code }) => resolve(`closed ${code}`));
        });
        return end.finally(() => socket.close());
      },
      [key, ...protocols],
    );
  expect(await connectBy(["appenv.ticket", "appenv.ticket.TICKET"])).toBe("open appenv.ticket");
  expect(await connectBy(["appenv.v1", "appenv.ticket.TICKET"])).toBe("open appenv.v1");
  expect(await connectBy(["appenv.v1"])).toBe("closed 1006");
  expect(await connectBy(["appenv.ticket", "appenv.ticket.xTICKET"])).toBe("closed 1006");
});
