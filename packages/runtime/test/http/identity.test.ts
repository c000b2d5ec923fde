import { generateKeyPairSync, sign } from "node:crypto";
import { AppEnvironment, identity, type Identity } from "@appenv/core";
import { requestContext } from "@appenv/core/internal";
import { expect, test } from "vitest";
import { hashKey, type ReplicaAuth } from "../../src/index.ts";
import { get, plainEnvironment, rawClient, serveForTest, upgradeRequest } from "../helpers.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const { x = "" } = publicKey.export({ format: "jwk" });
const audience = "project/domain/plain";
const auth: ReplicaAuth = {
  required: true,
  keyHashes: [hashKey("secret-key")],
  tokens: { audience, keys: [{ kid: "k1", x }] },
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = (): number => Math.floor(Date.now() / 1_000);

/** A token of the platform, but for some changes. */
function token(claims: object = {}, header: object = {}, key = privateKey): string {
  const text = `${encode({ alg: "EdDSA", typ: "appenv+jwt", kid: "k1", ...header })}.${encode({ iss: "appenv", aud: audience, sub: "app:front", iat: now(), exp: now() + 60, ...claims })}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString("base64url")}`;
}

async function closedApp() {
  const seen: (Identity | undefined)[] = [];
  const served = await serveForTest(
    plainEnvironment(
      (request, response) => {
        request.resume().once("end", () => {
          seen.push(identity());
          response.end("hello");
        });
      },
      { requiresAuth: true },
    ),
  );
  served.app.ingress.setAuth(auth);
  const ask = async (key: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(served.url, { ...init, headers: { authorization: `Bearer ${key}` } })).status;
  return { ...served, seen, ask };
}

test("a token of the platform lets its app pass, and handlers know whom", async () => {
  const { ask, seen } = await closedApp();
  const valid = token();
  expect(await ask(valid)).toBe(200);
  expect(await ask(valid, { method: "POST", body: "x".repeat(100_000) })).toBe(200);
  expect(seen).toMatchObject([
    { kind: "platform", subject: "app:front", claims: { aud: audience } },
    { kind: "platform", subject: "app:front" },
  ]);
});

const strangersKey = generateKeyPairSync("ed25519").privateKey;
const valid = token();
test.each([
  ["expired", token({ exp: now() - 10 })],
  ["without an end", token({ exp: undefined })],
  ["from the future", token({ iat: now() + 100 })],
  ["for another app", token({ aud: "project/domain/other" })],
  ["for all apps", token({ aud: ["project/domain/other", audience] })],
  ["of another issuer", token({ iss: "other" })],
  ["without a subject", token({ sub: undefined })],
  ["signed by another key", token({}, {}, strangersKey)],
  ["of an unknown key", token({}, { kid: "k2" })],
  ["with the key of an object's own", token({}, { kid: "__proto__" })],
  ["alg none", token({}, { alg: "none" })],
  ["alg none, unsigned", `${token({}, { alg: "none" }).split(".").slice(0, 2).join(".")}.`],
  ["alg HS256 with the public key", token({}, { alg: "HS256" })],
  ["another type", token({}, { typ: "JWT" })],
  [
    "changed claims",
    `${valid.split(".")[0]}.${encode({ iss: "appenv", aud: audience, sub: "root", iat: now(), exp: now() + 60 })}.${valid.split(".")[2]}`,
  ],
  ["a cut signature", valid.slice(0, -3)],
  ["two parts", valid.split(".").slice(0, 2).join(".")],
  ["no JSON", `${Buffer.from("[1").toString("base64url")}.${valid.split(".").slice(1).join(".")}`],
])("a token is refused: %s", async (_, wrong) => {
  const { ask, seen } = await closedApp();
  expect(await ask(wrong)).toBe(401);
  expect(seen).toEqual([]);
});

test("a token that was accepted is refused once it has expired", async () => {
  const { ask } = await closedApp();
  const short = token({ exp: now() - 1 });
  expect(await ask(short)).toBe(200);
  await expect.poll(() => ask(short), { timeout: 30_000 }).toBe(401);
});

/** Sends the identity for each byte it gets. */
function echoing(seen: (Identity | undefined)[]): AppEnvironment {
  const environment = plainEnvironment((_request, response) => response.end(), { requiresAuth: true });
  environment.mount({
    matches: () => true,
    upgrade: (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      socket.on("data", (data) => {
        seen.push(identity());
        socket.write(`got ${data}`);
      });
    },
  });
  return environment;
}

test("messages on a socket have the identity that opened it; a revoked key closes it with 1008", async () => {
  const seen: (Identity | undefined)[] = [];
  const { app, port } = await serveForTest(echoing(seen));
  app.ingress.setAuth({ ...auth, keyHashes: [...auth.keyHashes, hashKey("other-key")] });
  const client = rawClient(port).send(upgradeRequest("/", "x-api-key: secret-key\r\n"));
  const other = rawClient(port).send(upgradeRequest("/", "x-api-key: other-key\r\n"));
  const caller = rawClient(port).send(upgradeRequest("/", `authorization: Bearer ${token()}\r\n`));
  for (const each of [client, other, caller]) {
    await each.until("101 Switching");
    await each.send("a").until("got a");
  }
  expect(seen.map((who) => who?.kind)).toEqual(["api-key", "api-key", "platform"]);
  app.ingress.setAuth({ ...auth, keyHashes: [hashKey("other-key")] });
  client.send("b");
  const text = await client.until("revoked");
  await client.closed;
  expect(text).not.toContain("got b");
  const frame = client.received.subarray(client.received.indexOf(0x88));
  expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, 1008]);
  await other.send("c").until("got c");
  await caller.send("c").until("got c");
});

test("an app without auth has no scope around it, unless a trace goes on to what it calls", async () => {
  const scopes: unknown[] = [];
  const listener = (_request: unknown, response: { end(): void }): void => {
    scopes.push(requestContext());
    response.end();
  };
  const traceparent = `traceparent: 00-${"a".repeat(32)}-${"b".repeat(16)}-01\r\n`;
  const { port } = await serveForTest(plainEnvironment(listener));
  for (const headers of ["", traceparent]) await rawClient(port).send(get("/", headers)).until("200 OK");
  expect(scopes).toMatchObject([undefined, { identity: undefined, trace: { traceparent: expect.any(String) } }]);
});

test("a socket that was opened with a token is closed when the token ends", async () => {
  const { app, port } = await serveForTest(echoing([]));
  app.ingress.setAuth(auth);
  const open = (credential: string) => rawClient(port).send(upgradeRequest("/", credential));
  const ending = open(`authorization: Bearer ${token({ exp: now() - 1 })}\r\n`);
  const lasting = open(`authorization: Bearer ${token({ exp: now() + 4_000_000_000 })}\r\n`);
  const keyed = open("x-api-key: secret-key\r\n");
  for (const each of [ending, lasting, keyed]) await each.until("101 Switching");
  await ending.until("the token has ended");
  ending.send("a");
  await ending.closed;
  expect(ending.text).not.toContain("got a");
  const frame = ending.received.subarray(ending.received.indexOf(0x88));
  expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, 3000]);
  for (const each of [lasting, keyed]) await each.send("b").until("got b");
});
