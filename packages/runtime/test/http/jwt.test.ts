import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AppEnvironment, identity, type Identity } from "@appenv/core";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from "jose";
import { expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../../src/index.ts";
import { JwtVerifier } from "../../src/http/auth/jwt-verifier.ts";
import { plainEnvironment, rawClient, serveForTest, upgradeRequest } from "../helpers.ts";

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];

/** An OpenID Connect issuer on a free port. */
class Issuer {
  url = "";
  keys: JWK[] = [];
  asked: string[] = [];
  /** Changes to its usual configuration. */
  configuration: object = {};
  status = 200;
  /** The number of bytes of blanks behind the answers at this path. */
  padding = { path: "", bytes: 0 };
  readonly #private = new Map<string, PrivateKey>();

  static async start(): Promise<Issuer> {
    const issuer = new Issuer();
    const server = createServer((request, response) => {
      issuer.asked.push(request.url ?? "");
      const { url, keys, configuration } = issuer;
      const about = { issuer: url, jwks_uri: `${url}/keys`, ...configuration };
      response.writeHead(issuer.status, { "content-type": "application/json" });
      const blanks = issuer.padding.path === request.url ? " ".repeat(issuer.padding.bytes) : "";
      response.end(JSON.stringify(request.url === "/keys" ? { keys } : about) + blanks);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await issuer.addKey("one");
    return issuer;
  }

  async addKey(kid: string, alg = "RS256"): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    this.keys.push({ ...(await exportJWK(publicKey)), kid, alg });
    this.#private.set(kid, privateKey);
  }

  /** A token for "api", valid for a minute, but for some changes. */
  token(claims: Record<string, unknown> = {}, kid = "one", header: object = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const all = { iss: this.url, aud: "api", sub: "ada", iat: now, exp: now + 60, ...claims };
    const alg = String(this.keys.find((key) => key.kid === kid)?.alg);
    return new SignJWT(all).setProtectedHeader({ alg, kid, ...header }).sign(this.#private.get(kid)!);
  }
}

async function appOf(issuer: Issuer, changes: object = {}) {
  const seen: (Identity | undefined)[] = [];
  const environment = plainEnvironment(
    (_request, response) => {
      seen.push(identity());
      response.end("hello");
    },
    { requiresAuth: true, auth: { issuer: issuer.url, audience: "api", ...changes } },
  );
  const served = await serveForTest(environment);
  const ask = async (token: string, path = "/"): Promise<number> =>
    (await fetch(`${served.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
  return { ...served, seen, ask };
}

test("a JWT of the issuer passes, beside API keys, and the issuer is asked once", async () => {
  const issuer = await Issuer.start();
  const { ask, seen } = await appOf(issuer);
  expect(await ask(await issuer.token({ scope: "read" }))).toBe(200);
  expect(await ask(await issuer.token({ aud: ["other", "api"] }))).toBe(200);
  expect(await ask("secret-key")).toBe(200);
  expect(seen).toMatchObject([
    { kind: "jwt", subject: "ada", claims: { scope: "read", iss: issuer.url } },
    { kind: "jwt", subject: "ada" },
    { kind: "api-key" },
  ]);
  expect(issuer.asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
});

test("a JWT that is not valid is answered as any wrong key", async () => {
  const issuer = await Issuer.start();
  const stranger = await Issuer.start();
  stranger.url = issuer.url;
  const { seen, url } = await appOf(issuer);
  const now = Math.floor(Date.now() / 1_000);
  const good = await issuer.token();
  const [head, , signature] = good.split(".");
  const forged = Buffer.from(JSON.stringify({ iss: issuer.url, aud: "api", sub: "root", exp: now + 60 })).toString(
    "base64url",
  );
  const secret = new TextEncoder().encode(JSON.stringify(issuer.keys[0]));
  const wrong = [
    await issuer.token({ exp: now - 60 }),
    await issuer.token({ exp: undefined }),
    await issuer.token({ sub: undefined }),
    await issuer.token({ nbf: now + 60 }),
    await issuer.token({ aud: "other" }),
    await issuer.token({ aud: undefined }),
    await issuer.token({ iss: "https://other.test" }),
    await stranger.token(),
    new UnsecuredJWT({ iss: issuer.url, aud: "api", sub: "root", exp: now + 60 }).encode(),
    await new SignJWT({ iss: issuer.url, aud: "api", sub: "root", exp: now + 60 })
      .setProtectedHeader({ alg: "HS256", kid: "one" })
      .sign(secret),
    `${head}.${forged}.${signature}`,
    `${good.slice(0, -4)}AAAA`,
    `${head}.${forged}.`,
    "a.b.c",
  ];
  const problem = await (await fetch(url)).json();
  for (const token of wrong) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, await answer.json()]).toEqual([401, problem]);
  }
  expect(seen).toEqual([]);
});

test("clocks may differ a little, and a token ends when it says", async () => {
  const issuer = await Issuer.start();
  const { ask } = await appOf(issuer, { clockTolerance: "6s" });
  const token = await issuer.token({ exp: Math.floor(Date.now() / 1_000) - 1 });
  expect(await ask(token)).toBe(200);
  await expect.poll(() => ask(token), { timeout: 30_000 }).toBe(401);
});

test("a new key of the issuer is found, an old one forgotten", async () => {
  const issuer = await Issuer.start();
  const rules = { issuer: issuer.url, audience: ["api"], jwksUri: undefined, clockToleranceMs: 0 };
  const verifier = new JwtVerifier(rules, { cooldownMs: 0 });
  expect(await verifier.verify(await issuer.token())).toMatchObject({ identity: { subject: "ada" } });
  await issuer.addKey("two", "ES256");
  const old = await issuer.token();
  issuer.keys.shift();
  expect(await verifier.verify(await issuer.token({}, "two"))).toMatchObject({ identity: { subject: "ada" } });
  expect(await verifier.verify(old)).toBeUndefined();
});

test("an unknown key does not make it ask again and again", async () => {
  const issuer = await Issuer.start();
  const { ask } = await appOf(issuer);
  const token = await issuer.token({}, "one", { kid: "unknown" });
  for (const each of [token, token, token]) expect(await ask(each)).toBe(401);
  expect(issuer.asked.filter((path) => path === "/keys").length).toBe(1);
});

test("while the issuer does not answer it cannot be told: 503; keys pass, and it recovers", async () => {
  const issuer = await Issuer.start();
  issuer.status = 500;
  const { url, ask, port } = await appOf(issuer);
  const token = await issuer.token();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await answer.json()).toMatchObject({ code: "AUTH_UNAVAILABLE" });
  expect(await ask("secret-key")).toBe(200);
  const socket = rawClient(port).send(upgradeRequest("/", `authorization: Bearer ${token}\r\n`));
  expect(await socket.until("AUTH_UNAVAILABLE")).toContain("503");
  issuer.status = 200;
  await expect.poll(() => ask(token), { timeout: 30_000 }).toBe(200);
});

test("the configuration must be the issuer's own; a stated place of its keys needs none", async () => {
  const issuer = await Issuer.start();
  issuer.configuration = { issuer: "https://other.test" };
  const token = await issuer.token();
  expect(await (await appOf(issuer)).ask(token)).toBe(503);
  expect(await (await appOf(issuer, { jwksUri: `${issuer.url}/keys` })).ask(token)).toBe(200);
});

test("the issuer's answers have a limit, and its keys are fetched with TLS only", async () => {
  const issuer = await Issuer.start();
  const token = await issuer.token();
  for (const path of ["/keys", "/.well-known/openid-configuration"]) {
    issuer.padding = { path, bytes: 2 ** 20 };
    expect(await (await appOf(issuer)).ask(token)).toBe(503);
  }
  issuer.padding = { path: "/keys", bytes: 2 ** 16 };
  expect(await (await appOf(issuer)).ask(token)).toBe(200);
  issuer.configuration = { jwks_uri: "http://keys.test/keys" };
  expect(await (await appOf(issuer)).ask(token)).toBe(503);
});

test("an upgrade waits until its token is checked", async () => {
  const issuer = await Issuer.start();
  const environment = plainEnvironment((_request, response) => response.end(), {
    requiresAuth: true,
    auth: { issuer: issuer.url, audience: "api" },
  });
  environment.mount({
    matches: () => true,
    upgrade: (_request, socket) => void socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${identity()?.subject}`),
  });
  const { port } = await serveForTest(environment);
  const header = `authorization: Bearer ${await issuer.token()}\r\n`;
  expect(await rawClient(port).send(upgradeRequest("/", header)).until("ada")).toContain("101");
  const wrong = `authorization: Bearer ${await issuer.token({ aud: "other" })}\r\n`;
  expect(await rawClient(port).send(upgradeRequest("/", wrong)).until("UNAUTHENTICATED")).toContain("401");
});

test("a socket is closed when its JWT has ended and the clocks' tolerance is over, however it was opened", async () => {
  const issuer = await Issuer.start();
  const environment = plainEnvironment((_request, response) => response.end(), {
    requiresAuth: true,
    auth: { issuer: issuer.url, audience: "api", clockTolerance: "4s" },
  });
  environment.mount({
    matches: () => true,
    upgrade: (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      socket.on("data", () => {});
    },
  });
  const { port, url } = await serveForTest(environment);
  const exp = Math.floor(Date.now() / 1_000) + 1;
  const authorization = `Bearer ${await issuer.token({ exp })}`;
  const given = await fetch(`${url}/.appenv/ticket`, { method: "POST", headers: { authorization } });
  const { ticket } = (await given.json()) as { ticket: string };
  const sockets = [`authorization: ${authorization}\r\n`, `sec-websocket-protocol: appenv.ticket.${ticket}\r\n`].map(
    (header) => rawClient(port).send(upgradeRequest("/", header)),
  );
  for (const socket of sockets) await socket.until("101");
  for (const socket of sockets) await socket.until("the token has ended");
  expect(Date.now()).toBeGreaterThanOrEqual((exp + 4) * 1_000);
});

const askHealth = async (url: string, headers = {}): Promise<number> =>
  (await fetch(`${url}/health`, { headers })).status;

test("health is closed if that is wanted", async () => {
  const open = await serveForTest(plainEnvironment((_, response) => response.end(), { requiresAuth: true }));
  const closed = await serveForTest(
    plainEnvironment((_, response) => response.end(), { requiresAuth: true, auth: { openHealth: false } }),
  );
  expect([await askHealth(open.url), await askHealth(closed.url)]).toEqual([200, 401]);
  expect(await askHealth(closed.url, { "x-api-key": "secret-key" })).toBe(200);
});

test("listen does not miss keys where JWTs are accepted", async () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  const environment = plainEnvironment((_, response) => response.end(), {
    requiresAuth: true,
    auth: { issuer: "https://issuer.test", audience: "api" },
  });
  await using listening = await listen(environment, { port: 0, host: "127.0.0.1", apiKeys: [], handleSignals: false });
  expect((await fetch(listening.endpoint.replace("localhost", "127.0.0.1"))).status).toBe(401);
  expect(written).not.toHaveBeenCalled();
});

test.each([
  [{ issuer: "https://issuer.test" }, "auth.audience"],
  [{ issuer: "https://issuer.test", audience: "" }, "auth.audience"],
  [{ issuer: "http://issuer.test", audience: "api" }, "auth.issuer"],
  [{ issuer: "no url", audience: "api" }, "auth.issuer"],
  [{ issuer: "https://issuer.test", audience: "api", jwksUri: "http://issuer.test/keys" }, "auth.jwksUri"],
  [{ audience: "api" }, "auth.audience"],
  [{ openDocs: "no" as never }, "auth.openDocs"],
])("a wrong option is named: %o", (auth, option) => {
  expect(() => new AppEnvironment({ name: "app", auth })).toThrow(option);
  expect(() => new AppEnvironment({ name: "app", auth: {}, requiresAuth: false })).toThrow("auth");
});
