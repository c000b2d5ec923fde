import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { describe, expect, onTestFinished, test } from "vitest";
import { startPlatform } from "../../src/index.ts";
import { appInit, send, startApi, type ApiFixture } from "../support/api.ts";

const json = { "content-type": "application/json" };
const hourMs = 3_600_000;
const list = "/flyteidl2.app.AppService/List";
const createKey = "/appenv.v1.ApiKeyService/CreateApiKey";

/** A browser with one page of the platform: it sends its origin with all but GET, and the cookies that it was given. */
class Browser {
  cookie = "";
  readonly #endpoint: string;
  readonly #headers: Record<string, string>;

  constructor({ endpoint }: Pick<ApiFixture, "endpoint">, headers: Record<string, string> = {}) {
    this.#endpoint = endpoint;
    this.#headers = headers;
  }

  async ask(path: string, method = "GET", body?: unknown, more: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(`${this.#endpoint}${path}`, {
      method,
      headers: {
        ...(method === "GET" ? {} : { origin: this.#endpoint }),
        ...(body === undefined ? {} : json),
        ...(this.cookie === "" ? {} : { cookie: this.cookie }),
        ...this.#headers,
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) this.cookie = set.includes("Max-Age=0") ? "" : (set.split(";")[0] ?? "");
    return response;
  }

  signIn(key: string): Promise<Response> {
    return this.ask("/appenv/session", "POST", { key });
  }

  async status(path: string, method?: string, body?: unknown, more?: Record<string, string>): Promise<number> {
    const response = await this.ask(path, method, body, more);
    await response.text();
    return response.status;
  }
}

async function startSignIn(now?: () => number, root = tempDirectory()) {
  const api = await startApi("127.0.0.1", root, { requireToken: true, ...(now === undefined ? {} : { now }) });
  return { api, browser: new Browser(api) };
}

describe("a browser", () => {
  test("signs in with a key, is told who it is, calls the API, and signs out", async () => {
    const { api, browser } = await startSignIn(() => 1_000);
    const unknown = await browser.ask("/appenv/session");
    expect([unknown.status, unknown.headers.get("www-authenticate"), await unknown.json()]).toEqual([
      401,
      "Bearer",
      { code: "unauthenticated", message: "Sign in with an API key." },
    ]);
    const { key } = await api.keys.createApiKey({ name: "laptop" });
    const answer = await browser.signIn(key);
    const me = { name: "laptop", role: "admin", method: "session", expiresAt: 1_000 + 12 * hourMs };
    expect([answer.status, await answer.json()]).toEqual([200, me]);
    const port = new URL(api.endpoint).port;
    expect(answer.headers.getSetCookie()[0]).toMatch(
      new RegExp(`^appenv-session-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(await (await browser.ask("/appenv/session")).json()).toEqual(me);
    expect(await browser.status(list, "POST", {})).toBe(200);
    const { cookie } = browser;
    expect(await browser.status("/appenv/session", "DELETE")).toBe(204);
    expect(browser.cookie).toBe("");
    expect(await browser.status(list, "POST", {}, { cookie })).toBe(401);
    expect((await browser.signIn("aek_wrong")).status).toBe(401);
    expect(await browser.status("/appenv/session", "POST", { key: 1 })).toBe(400);
    expect(await browser.status("/appenv/session", "POST", { key }, { "content-type": "text/plain" })).toBe(415);
    expect(await browser.status("/appenv/session", "PUT", { key })).toBe(405);
  });

  test("keeps its session over a restart; the disk has the hash of its id alone", async () => {
    const home = join(tempDirectory(), ".appenv");
    const platform = await startPlatform({ home, port: 0, requireToken: true });
    const token = readFileSync(join(home, "api-token"), "utf8").trim();
    const browser = new Browser(platform);
    expect((await browser.signIn(token)).status).toBe(200);
    const port = Number(new URL(platform.endpoint).port);
    await platform.close();
    const id = browser.cookie.split("=")[1] ?? "";
    for (const file of ["state.db", "logs/audit.log", "logs/platform.log"]) {
      const text = readFileSync(join(home, file));
      expect([file, text.includes(id), text.includes(token)]).toEqual([file, false, false]);
    }
    const again = await startPlatform({ home, port, requireToken: true });
    expect(await browser.status(list, "POST", {})).toBe(200);
    await again.close();
    // A token that others may have read is replaced, and its sessions end.
    chmodSync(join(home, "api-token"), 0o640);
    const last = await startPlatform({ home, port, requireToken: true });
    onTestFinished(() => last.close());
    expect(await browser.status(list, "POST", {})).toBe(401);
  });

  test("has a cookie that only TLS carries, where it came by a proxy with TLS", async () => {
    const api = await startApi("127.0.0.1", tempDirectory(), { behindProxy: true });
    const { key } = await api.keys.createApiKey({ name: "laptop" });
    const passedOn = { host: "box.example", "x-forwarded-proto": "https", origin: "https://box.example" };
    const url = `${api.endpoint}/appenv/session`;
    const body = JSON.stringify({ key });
    const answer = await send(url, { method: "POST", headers: { ...json, ...passedOn }, body });
    const [set = ""] = answer.headers["set-cookie"] ?? [];
    expect(set).toMatch(/^__Host-appenv-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    const cookie = set.split(";")[0] ?? "";
    const call = async (headers: Record<string, string>) =>
      (await send(`${api.endpoint}${list}`, { method: "POST", headers: { ...json, cookie, ...headers }, body: "{}" }))
        .status;
    expect(await call(passedOn)).toBe(200);
    // The same host without TLS.
    expect(await call({ host: "box.example", origin: "http://box.example" })).toBe(401);
  });
});

test("a page of another origin gets nothing with the cookie, and signs nobody in", async () => {
  const { api, browser } = await startSignIn();
  const { key } = await api.keys.createApiKey({ name: "laptop" });
  for (const origin of [
    "https://evil.example",
    "null",
    "http://localhost:1",
    api.endpoint.replace("http:", "https:"),
  ]) {
    expect(await browser.status("/appenv/session", "POST", { key }, { origin })).toBe(403);
  }
  expect(browser.cookie).toBe("");
  await browser.signIn(key);
  for (const origin of ["https://evil.example", "null", "http://localhost:1"]) {
    expect(await browser.status(createKey, "POST", { name: "x" }, { origin })).toBe(403);
    expect(await browser.status("/appenv/session", "DELETE", undefined, { origin })).toBe(403);
  }
  // Without an origin it is no browser's, and a form cannot send the content type of a call.
  const { cookie } = browser;
  const bare = { ...json, cookie };
  expect((await send(`${api.endpoint}${createKey}`, { method: "POST", headers: bare, body: "{}" })).status).toBe(401);
  expect(await browser.status(createKey, "POST", { name: "x" }, { "content-type": "text/plain" })).toBe(415);
  // A page of an app on the same host: its browser adds the cookie to a GET, and says where it comes from.
  const read = `${list}?encoding=json&message=%7B%7D&connect=v1`;
  expect(await browser.status(read)).toBe(200);
  expect(await browser.status(read, "GET", undefined, { "sec-fetch-site": "same-site" })).toBe(401);
  expect(await browser.status(read, "GET", undefined, { host: "evil.example" })).toBe(200);
  const rebound = { headers: { cookie, host: "evil.example" } };
  expect((await send(`${api.endpoint}${read}`, rebound)).status).toBe(403);
  expect((await api.keys.listApiKeys({})).apiKeys).toHaveLength(1);
});

test("a session ends by the clock: unused for 12 hours, and after 7 days in any case", async () => {
  let now = 1_000;
  const { api, browser } = await startSignIn(() => now);
  const { key } = await api.keys.createApiKey({ name: "laptop" });
  await browser.signIn(key);
  now += 12 * hourMs - 1;
  expect(await browser.status(list, "POST", {})).toBe(200);
  now += 12 * hourMs;
  expect(await browser.status(list, "POST", {})).toBe(401);
  await browser.signIn(key);
  const begun = now;
  while (now + 11 * hourMs < begun + 7 * 24 * hourMs) {
    now += 11 * hourMs;
    expect(await browser.status(list, "POST", {})).toBe(200);
  }
  now = begun + 7 * 24 * hourMs;
  expect(await browser.status(list, "POST", {})).toBe(401);
  expect(api.store.sessions.load()).toEqual([]);
});

test("a key has 100 sessions: with another, the one that was used longest ago ends", async () => {
  let now = 1_000;
  const { api, browser: first } = await startSignIn(() => now);
  const { key } = await api.keys.createApiKey({ name: "team" });
  await first.signIn(key);
  const second = new Browser(api);
  now += 1;
  await second.signIn(key);
  now += 1;
  expect(await first.status(list, "POST", {})).toBe(200);
  for (let count = 2; count < 101; count += 1) await new Browser(api).signIn(key);
  expect(await first.status(list, "POST", {})).toBe(200);
  expect(await second.status(list, "POST", {})).toBe(401);
  expect(api.store.sessions.load()).toHaveLength(100);
});

test("guesses are limited by address, and right keys are not counted", async () => {
  const api = await startApi("127.0.0.1", tempDirectory(), { behindProxy: true });
  const { key } = await api.keys.createApiKey({ name: "laptop" });
  const from = (address: string) => new Browser(api, { "x-forwarded-for": `9.9.9.9, ${address}` });
  for (let count = 0; count < 20; count += 1) expect((await from("10.0.0.1").signIn(key)).status).toBe(200);
  for (let count = 0; count < 10; count += 1) expect((await from("10.0.0.1").signIn("aek_guess")).status).toBe(401);
  const limited = await from("10.0.0.1").signIn(key);
  expect([limited.status, (await limited.json()) as unknown]).toMatchObject([429, { code: "resource_exhausted" }]);
  expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await from("10.0.0.2").signIn(key)).status).toBe(200);
  // The holder of an IPv6 address has all of its network.
  for (let count = 0; count < 10; count += 1) await from(`2001:db8::${count}`).signIn("aek_guess");
  expect((await from("2001:db8::ffff").signIn(key)).status).toBe(429);
});

test("a revoked key ends its sessions and their open streams at once; so do the clock and signing out", async () => {
  let now = 1_000;
  const { api, browser } = await startSignIn(() => now);
  const { key, id } = await api.keys.createApiKey({ name: "laptop" });
  const other = await api.keys.createApiKey({ name: "other" });
  // A stream that has something to say begins at once.
  await api.apps.create({ app: appInit() });
  const watch = async (by: Browser, headers: Record<string, string> = {}) => {
    const body = Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from("{}")]);
    const origin = api.endpoint;
    const response = await fetch(`${api.endpoint}/flyteidl2.app.AppService/Watch`, {
      method: "POST",
      headers: { "content-type": "application/connect+json", origin, cookie: by.cookie, ...headers },
      body,
    });
    expect(response.status).toBe(200);
    return response;
  };
  await browser.signIn(key);
  const stranger = new Browser(api);
  await stranger.signIn(other.key);
  const streams = [await watch(browser), await watch(new Browser(api), { authorization: `Bearer ${key}` })];
  const staying = await watch(stranger);
  await api.keys.revokeApiKey({ id });
  for (const stream of streams) expect(await stream.text()).toContain('"code":"unauthenticated"');
  expect(await browser.status(list, "POST", {})).toBe(401);
  expect((await browser.signIn(key)).status).toBe(401);
  expect(await stranger.status(list, "POST", {})).toBe(200);
  const [left] = api.store.sessions.load();
  await stranger.status("/appenv/session", "DELETE");
  expect(await staying.text()).toContain('"code":"unauthenticated"');
  expect([left?.startedAt, api.store.sessions.load()]).toEqual([1_000, []]);
  await stranger.signIn(other.key);
  const last = await watch(stranger);
  now += 12 * hourMs;
  // Another's request finds that the time is over, as the regular look at all sessions does.
  expect(await stranger.status(list, "POST", {})).toBe(401);
  expect(await last.text()).toContain('"code":"unauthenticated"');
});

test("changes are logged with the name of the key or the session, what and on what, and without secrets", async () => {
  const { api, browser } = await startSignIn();
  const made = await api.keys.createApiKey({ name: "line\nbreak" });
  await browser.signIn(made.key);
  await browser.signIn("aek_wrong");
  expect(await browser.status(createKey, "POST", { name: "by-session" })).toBe(200);
  const bearer = { ...json, authorization: `Bearer ${made.key}` };
  const secret = { id: { project: "p", domain: "d", name: "token" }, secretSpec: { stringValue: "hunter2" } };
  const post = (path: string, body: unknown) =>
    send(`${api.endpoint}${path}`, { method: "POST", headers: bearer, body: JSON.stringify(body) });
  expect((await post("/flyteidl2.secret.SecretService/CreateSecret", secret)).status).toBe(200);
  expect((await post("/appenv.v1.ApiKeyService/RevokeApiKey", { id: "none" })).status).toBe(404);
  await post(list, {});
  for (let count = 0; count < 120; count += 1) await post(createKey, { name: `many-${count}` });
  await browser.status("/appenv/session", "DELETE");
  await api.close();
  const text = readFileSync(join(api.home, "logs/audit.log"), "utf8");
  const lines = text.trimEnd().split("\n");
  expect(lines.every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z /.test(line))).toBe(true);
  const [name, service] = [String.raw`"api-key:line\nbreak"`, "appenv.v1.ApiKeyService"];
  expect(lines.map((line) => line.slice(25)).filter((line) => !line.includes(" many-"))).toEqual([
    expect.stringMatching(new RegExp(String.raw`^api-key:\S+ ${service}/CreateApiKey "line\\nbreak" ok$`)),
    `${name} sign in ok`,
    "unknown sign in refused",
    String.raw`"session:line\nbreak" ${service}/CreateApiKey by-session ok`,
    `${name} flyteidl2.secret.SecretService/CreateSecret p/d/token ok`,
    `${name} ${service}/RevokeApiKey none NOT_FOUND`,
    String.raw`"session:line\nbreak" sign out ok`,
    `${name} ${service}/CreateApiKey: 20 more within a minute`,
  ]);
  expect(lines.filter((line) => line.includes(" many-"))).toHaveLength(100);
  for (const hidden of ["hunter2", made.key, "aek_"]) expect(text).not.toContain(hidden);
});
