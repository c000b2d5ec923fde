import { expect, onTestFinished, test } from "vitest";
import { ProcessBackplane } from "@appenv/backplane";
import { z } from "zod";
import { connect, socketClient } from "../src/client.ts";
import { webSockets, WebSocketAppEnvironment, type SocketRouter } from "../src/index.ts";
import { open, serve } from "./support.ts";

const said = z.object({ text: z.string() });

function chat(backplane = new ProcessBackplane(), keep = 100): SocketRouter<any> {
  return webSockets({ backplane, keep }).route(
    "/chat/:room",
    {
      params: z.object({ room: z.string() }),
      query: z.object({ as: z.string().optional() }),
      incoming: said,
      outgoing: said,
    },
    async (connection) => {
      const { params, query } = connection;
      const room = await connection.join(params.room, query.as === undefined ? {} : { presence: query.as });
      await connection.send({ text: "joined" });
      for await (const message of connection) {
        if (message.text === "who") await connection.send({ text: room.members.map((m) => m.presence).join() });
        else if (message.text === "leave") await connection.leave(params.room);
        else if (message.text === "others") await room.broadcast(message, { except: connection });
        else await room.broadcast(message);
      }
    },
  );
}

test("a room reaches its members on every replica, in one order, and nobody else", async () => {
  const backplane = new ProcessBackplane();
  const [a, b] = [await serve(chat(backplane)), await serve(chat(backplane))];
  const clients = await Promise.all([a, a, b].map(({ url }) => open(`${url}/chat/lobby`)));
  const stranger = await open(`${b.url}/chat/other`);
  for (const client of [...clients, stranger]) expect(await client.next()).toBe('{"text":"joined"}');
  for (let n = 0; n < 20; n += 1) clients[n % 3]!.socket.send(JSON.stringify({ text: `${n}` }));
  await expect.poll(() => clients.map(({ messages }) => messages.length)).toEqual([21, 21, 21]);
  expect(clients[1]!.messages).toEqual(clients[0]!.messages);
  expect(clients[2]!.messages).toEqual(clients[0]!.messages);

  clients[0]!.socket.send('{"text":"others"}');
  clients[0]!.socket.send('{"text":"all"}');
  await expect.poll(() => clients[2]!.messages).toHaveLength(23);
  expect(clients[0]!.messages.at(-1)).toBe('{"text":"all"}');
  expect(clients[0]!.messages).toHaveLength(22);
  clients[1]!.socket.send('{"text":"leave"}');
  clients[1]!.socket.send('{"text":"to those who stay"}');
  await expect.poll(() => clients[2]!.messages).toHaveLength(24);
  expect(clients[1]!.messages).toHaveLength(23);
  expect(stranger.messages).toHaveLength(1);
});

function present(router: SocketRouter<any>): unknown[] {
  return router
    .room("lobby")
    .members.map((member) => member.presence)
    .toSorted();
}

test("presence is known on every replica, and ends with the connection", async () => {
  const backplane = new ProcessBackplane();
  const [first, second] = [chat(backplane), chat(backplane)];
  const [a, b] = [await serve(first), await serve(second)];
  const ada = await open(`${a.url}/chat/lobby?as=ada`);
  await ada.next();
  const bob = await open(`${b.url}/chat/lobby?as=bob`);
  await bob.next();
  await expect
    .poll(() => [present(first), present(second)])
    .toEqual([
      ["ada", "bob"],
      ["ada", "bob"],
    ]);
  const changes: unknown[] = [];
  first.room("lobby").watch(({ type, member }) => changes.push([type, member.presence]));
  bob.socket.terminate();
  await expect.poll(() => changes).toEqual([["left", "bob"]]);
  expect(present(first)).toEqual(["ada"]);
});

test("a typed client comes back by itself and is given what it missed, each message once", async () => {
  const backplane = new ProcessBackplane();
  const sockets = chat(backplane);
  const env = new WebSocketAppEnvironment({ name: "chat", sockets, requiresAuth: false });
  const listening = await env.listen({ port: 0, host: "127.0.0.1", handleSignals: false });
  const session = connect(env, "/chat/:room", { url: `http://127.0.0.1:${listening.port}`, params: { room: "lobby" } });
  onTestFinished(() => session.close());
  const texts: string[] = [];
  const events: string[] = [];
  session.on("message", ({ data, room }) => room === "lobby" && texts.push((data as any).text));
  session.on("lost", ({ code, afterMs }) => events.push(`lost ${code} ${afterMs >= 100 && afterMs <= 3_000}`));
  session.on("joined", () => events.push("joined"));
  session.on("gap", () => events.push("gap"));
  await expect.poll(() => events).toEqual(["joined"]);
  session.send({ text: "1" });
  await expect.poll(() => texts).toEqual(["1"]);

  await listening.close();
  await expect.poll(() => events).toEqual(["joined", "lost 1012 true"]);
  session.send({ text: "sent when it is back" });
  await sockets.room("lobby", said).broadcast({ text: "2" });
  await sockets.room("lobby", said).broadcast({ text: "3" });
  const again = await env.listen({ port: listening.port, host: "127.0.0.1", handleSignals: false });
  onTestFinished(() => again.close());
  await expect.poll(() => texts).toEqual(["1", "2", "3", "sent when it is back"]);
  expect(events).toEqual(["joined", "lost 1012 true", "joined"]);
});

test("messages that are not kept any more are a gap; iteration ends when the session is closed", async () => {
  const backplane = new ProcessBackplane();
  const sockets = chat(backplane, 2);
  const { url } = await serve(sockets);
  const session = socketClient<{ routes: any }>(url).connect("/chat/:room", {
    params: { room: "lobby" },
    query: {},
  });
  const events: string[] = [];
  session.on("gap", ({ room }) => events.push(`gap ${room}`));
  session.on("joined", ({ room }) => events.push(`joined ${room}`));
  const read = (async () => {
    const all: unknown[] = [];
    for await (const message of session) all.push((message as any).text);
    return all;
  })();
  await expect.poll(() => events).toEqual(["joined lobby"]);
  const resumed = await openEnveloped(`${url}/chat/lobby`, { lobby: null });
  expect(resumed.find(({ type }) => type === "joined")).toMatchObject({ complete: true });
  for (let n = 0; n < 5; n += 1) await sockets.room("lobby", said).broadcast({ text: `${n}` });
  const late = await openEnveloped(`${url}/chat/lobby`, { lobby: null });
  expect(late.find(({ type }) => type === "joined")).toMatchObject({ complete: false });
  expect(late.filter(({ type }) => type === "message").map(({ data }) => data.text)).toEqual(["3", "4"]);
  session.close();
  expect(await read).toContain("joined");
});

/** The messages a client of the protocol gets until it has joined. */
async function openEnveloped(url: string, rooms: object): Promise<any[]> {
  const client = await open(url, ["appenv.v1"]);
  client.socket.send(JSON.stringify({ type: "hello", rooms }));
  const all: any[] = [];
  do all.push(JSON.parse(await client.next()));
  while (all.at(-1).type !== "joined");
  return all;
}

test("code that waits for `send` is never too fast; coalescing keeps the newest", async () => {
  const sockets = webSockets({ highWaterMark: 10_000 })
    .route("/waits", {}, async (connection) => {
      for (let n = 0; n < 300; n += 1) expect(await connection.send(`${n}:${"x".repeat(50_000)}`)).toBe(true);
    })
    .route("/newest", { slowConsumer: "coalesce" }, async (connection) => {
      const sent = Array.from({ length: 300 }, (_, n) => connection.send(`${n}:${"x".repeat(50_000)}`));
      const written = await Promise.all(sent);
      await connection.send(`written ${written.filter(Boolean).length}, last ${written.at(-1)}`);
    });
  const { url } = await serve(sockets);
  const waits = await open(`${url}/waits`);
  expect(await waits.closed).toMatchObject({ code: 1000 });
  expect(waits.messages).toHaveLength(300);
  const newest = await open(`${url}/newest`);
  await newest.closed;
  expect(newest.messages.at(-2)).toMatch(/^299:/);
  expect(newest.messages.at(-1)).toBe(`written ${newest.messages.length - 1}, last true`);
  expect(newest.messages.length).toBeLessThan(300);
});
