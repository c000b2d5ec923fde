import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AppEnvironment, identity, type Identity } from "@appenv/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { hashKey, startApp, type ReplicaAuth } from "../../src/index.ts";
import { Tickets } from "../../src/http/auth/tickets.ts";
import { get, plainEnvironment, rawClient, upgradeRequest } from "../helpers.ts";

const secret = randomBytes(32).toString("base64url");
const rules = (ticketSecrets: readonly string[] = [secret]): ReplicaAuth => ({
  required: true,
  keyHashes: [hashKey("secret-key"), hashKey("other-key")],
  tokens: { audience: "p/d/plain", keys: [], ticketSecrets },
});

/** An upgrade as the app saw it. */
interface Seen {
  readonly who: Identity | undefined;
  readonly protocol: string | undefined;
  readonly text: string;
}

/** An app that answers every upgrade, and every byte on it, and keeps what it saw. */
function socketApp(options: { seen?: Seen[]; answer?: string; app?: object } = {}): AppEnvironment {
  const environment = plainEnvironment((_request, response) => response.end("hello"), {
    requiresAuth: true,
    ...options.app,
  });
  environment.mount({
    matches: () => true,
    upgrade: (request: IncomingMessage, socket) => {
      const text = JSON.stringify([request.url, request.headers, request.rawHeaders, request.headersDistinct]);
      options.seen?.push({ who: identity(), protocol: request.headers["sec-websocket-protocol"], text });
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${options.answer ?? ""}\r\n`);
      socket.on("data", (data) => socket.write(`got ${data}`));
    },
  });
  return environment;
}

async function serve(environment: AppEnvironment, auth: ReplicaAuth = rules(), name = "plain") {
  const app = await startApp(environment, { name, port: 8080, auth });
  const port = await app.ingress.accept({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.stop("stop", 0));
  return { app, port, url: `http://127.0.0.1:${port}` };
}

async function ask(url: string, headers: Record<string, string>, path = "/.appenv/ticket"): Promise<Response> {
  return fetch(`${url}${path}`, { method: "POST", headers });
}

async function ticketOf(url: string, key = "secret-key"): Promise<string> {
  const { ticket } = (await (await ask(url, { "x-api-key": key })).json()) as { ticket: string };
  return ticket;
}

/** The answer to an upgrade that offers these subprotocols. */
async function offer(port: number, protocols: string, headers = "") {
  const client = rawClient(port).send(upgradeRequest("/", `Sec-WebSocket-Protocol: ${protocols}\r\n${headers}`));
  const text = await client.until("\r\n\r\n");
  return { client, status: text.slice(9, 12), text };
}

test("whoever may send requests gets a ticket for a while; nobody else does", async () => {
  const { url } = await serve(socketApp());
  const given = await ask(url, { authorization: "Bearer secret-key" });
  expect([given.status, given.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const { ticket, expiresAt } = (await given.json()) as { ticket: string; expiresAt: number };
  expect(ticket).toMatch(/^[\w-]{60,}$/);
  expect(expiresAt - Date.now()).toBeGreaterThan(20_000);
  expect(expiresAt - Date.now()).toBeLessThanOrEqual(30_000);
  const refused = await Promise.all([
    ask(url, {}),
    ask(url, { "x-api-key": "wrong" }),
    ask(url, { "x-api-key": ticket }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([401, 401, 401]);
  const elsewhere = await ask(url, { "x-api-key": "secret-key" }, "/.appenv/ticket/x");
  expect(await elsewhere.text()).toBe("hello");
  expect(await (await ask(url, { "x-api-key": "secret-key" }, "/.appenv/ticket?a=b")).json()).toHaveProperty("ticket");
  const open = await serve(socketApp({ app: { requiresAuth: false } }), { required: false, keyHashes: [] });
  expect(await (await ask(open.url, {})).text()).toBe("hello");
});

test("a ticket opens a socket as who asked for it, and the app sees nothing of it", async () => {
  const seen: Seen[] = [];
  const { url, port } = await serve(socketApp({ seen }));
  const ticket = await ticketOf(url);
  expect((await offer(port, `chat, appenv.ticket.${ticket}, graph`)).status).toBe("101");
  expect((await offer(port, `chat\r\nsec-websocket-protocol: appenv.ticket.${ticket}`)).status).toBe("101");
  const plain = await offer(port, `appenv.ticket,appenv.ticket.${ticket}`);
  expect(plain.text).toContain("\r\nSec-WebSocket-Protocol: appenv.ticket\r\n");
  expect(seen.map(({ protocol }) => protocol)).toEqual(["chat, graph", "chat", undefined]);
  expect(seen.map(({ who }) => who?.subject)).toEqual(Array(3).fill(`api-key:${hashKey("secret-key").slice(0, 12)}`));
  for (const { text } of seen) expect(text).not.toContain("appenv.ticket");
});

test("the app chooses among the subprotocols that it knows", async () => {
  const { url, port } = await serve(socketApp({ answer: "Sec-WebSocket-Protocol: chat\r\n" }));
  const { text } = await offer(port, `appenv.ticket, chat, appenv.ticket.${await ticketOf(url)}`);
  expect(text.match(/Sec-WebSocket-Protocol/g)).toHaveLength(1);
  expect(text).toContain("Sec-WebSocket-Protocol: chat\r\n");
});

test("bytes that are sent together with the answer arrive unchanged", async () => {
  const frames = Buffer.from([0x82, 4, 0xff, 0xfe, 0x0d, 0x0a]);
  const environment = plainEnvironment((_request, response) => response.end(), { requiresAuth: true });
  environment.mount({
    matches: () => true,
    upgrade: (_request, socket) => {
      socket.write(Buffer.concat([Buffer.from("HTTP/1.1 101 Switching Protocols\r\nx-a: b\r\n\r\n"), frames]));
      socket.end();
    },
  });
  const { url, port } = await serve(environment);
  const { client } = await offer(port, `appenv.ticket, appenv.ticket.${await ticketOf(url)}`);
  await client.closed;
  const head = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: appenv.ticket\r\nx-a: b\r\n\r\n";
  expect(client.received).toEqual(Buffer.concat([Buffer.from(head), frames]));
});

test("a ticket counts in every replica of the app, also of another day, and in no other app", async () => {
  const { url } = await serve(socketApp());
  const ticket = await ticketOf(url);
  const status = async (auth: ReplicaAuth, name?: string): Promise<string> => {
    const { port } = await serve(socketApp(), auth, name);
    return (await offer(port, `appenv.ticket, appenv.ticket.${ticket}`)).status;
  };
  expect(await status(rules())).toBe("101");
  expect(await status(rules(["another secret, made a day later", secret]))).toBe("101");
  expect(await status(rules(["the secret of another app"]))).toBe("401");
  expect(await status(rules(), "other-name")).toBe("401");
});

test("a text that is no ticket opens nothing", async () => {
  const { url, port } = await serve(socketApp({ app: { auth: { ticketLifetime: "1s" } } }));
  const ticket = await ticketOf(url);
  const bytes = Buffer.from(ticket, "base64url");
  bytes[20]! ^= 1;
  const wrong = [bytes.toString("base64url"), ticket.slice(0, -4), ticket.slice(4), "", "a", "%00", "a".repeat(4_000)];
  for (const each of wrong) expect([each, (await offer(port, `appenv.ticket.${each}`)).status]).toEqual([each, "401"]);
  expect((await offer(port, "appenv.ticket")).status).toBe("401");
  expect((await offer(port, "appenv.ticket", "x-api-key: secret-key\r\n")).status).toBe("101");
  expect((await offer(port, "appenv.ticket.wrong", "x-api-key: secret-key\r\n")).status).toBe("401");
  expect((await offer(port, `appenv.ticket.${ticket}`, "authorization: Basic dXNlcjpwYXNz\r\n")).status).toBe("101");
  await expect.poll(async () => (await offer(port, `appenv.ticket.${ticket}`)).status, { timeout: 30_000 }).toBe("401");
});

test("a ticket opens sockets, and answers no request", async () => {
  const { url, port } = await serve(socketApp());
  const ticket = await ticketOf(url);
  const headers = [
    `Sec-WebSocket-Protocol: appenv.ticket.${ticket}\r\n`,
    `Authorization: Bearer ${ticket}\r\n`,
    `Authorization: Bearer appenv.ticket.${ticket}\r\n`,
    `x-api-key: ${ticket}\r\n`,
  ];
  for (const header of headers) expect(await rawClient(port).send(get("/", header)).until("\r\n")).toContain("401");
  expect(
    await rawClient(port)
      .send(get(`/?ticket=${ticket}`))
      .until("\r\n"),
  ).toContain("401");
  const offerOfHttp2 = `Connection: Upgrade\r\nUpgrade: h2c\r\n${headers[0]}`;
  expect(await rawClient(port).send(get("/", offerOfHttp2)).until("\r\n")).toContain("401");
});

test("revoking a key closes the sockets of its tickets, and takes the tickets along", async () => {
  const { app, url, port } = await serve(socketApp());
  const [revoked, kept] = [await ticketOf(url), await ticketOf(url, "other-key")];
  const { client } = await offer(port, `appenv.ticket, appenv.ticket.${revoked}`);
  const { client: other } = await offer(port, `appenv.ticket, appenv.ticket.${kept}`);
  app.ingress.setAuth({ ...rules(), keyHashes: [hashKey("other-key")] });
  await client.until("the API key was revoked");
  await client.closed;
  await other.send("a").until("got a");
  expect((await offer(port, `appenv.ticket.${revoked}`)).status).toBe("401");
  expect((await offer(port, `appenv.ticket.${kept}`)).status).toBe("101");
});

/** Answers true if a ticket of one replica opens a socket of another. */
async function opens(from: string, port: number): Promise<string> {
  return (await offer(port, `appenv.ticket.${await ticketOf(from)}`)).status;
}

test("without a platform, replicas share the secret of an env var; a short one is refused, and not shown", async () => {
  const alone = { required: true, keyHashes: [hashKey("secret-key")] };
  const [one, two] = [await serve(socketApp(), alone), await serve(socketApp(), alone)];
  // Both are of one process, so its own secret is the same.
  expect(await opens(one.url, two.port)).toBe("101");
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv("APPENV_TICKET_SECRET", "a secret that replicas share: 32+");
  const [three, four] = [await serve(socketApp(), alone), await serve(socketApp(), alone)];
  expect(await opens(three.url, four.port)).toBe("101");
  expect(await opens(three.url, one.port)).toBe("401");
  vi.stubEnv("APPENV_TICKET_SECRET", "too-short");
  await expect(serve(socketApp(), alone)).rejects.toThrow(/^(?!.*too-short).*APPENV_TICKET_SECRET has 9 characters/);
  for (const placeholder of ["x".repeat(40), "your-ticket-secret-of-32-characters-here"]) {
    vi.stubEnv("APPENV_TICKET_SECRET", placeholder);
    await expect(serve(socketApp(), alone)).rejects.toThrow(/APPENV_TICKET_SECRET is blank or a placeholder/);
  }
});

test("nothing can be read from a ticket, and two are never the same", () => {
  const tickets = new Tickets({ app: "app", secrets: [secret], lifetimeMs: 1_000 });
  const admission = { identity: { kind: "jwt", subject: "ada", claims: { email: "ada@example.test" } } } as const;
  const [one, two] = [tickets.make(admission), tickets.make(admission)];
  expect(one.ticket).not.toBe(two.ticket);
  expect(Buffer.from(one.ticket, "base64url").toString("latin1")).not.toContain("ada");
  expect(tickets.open(one.ticket)).toEqual(admission);
});

test("a ticket ends at the latest with what it was given for", () => {
  const tickets = new Tickets({ app: "app", secrets: [secret], lifetimeMs: 30_000 });
  const endsAt = Date.now() + 5_000;
  expect(tickets.make({ identity: undefined, endsAt }).expiresAt).toBe(endsAt);
  expect(tickets.open(tickets.make({ identity: undefined, endsAt: Date.now() - 1 }).ticket)).toBeUndefined();
});

test.each(["0s", "6m", -1])("a lifetime of %s is refused", (ticketLifetime) => {
  expect(() => new AppEnvironment({ name: "app", auth: { ticketLifetime } })).toThrow("auth.ticketLifetime");
});
