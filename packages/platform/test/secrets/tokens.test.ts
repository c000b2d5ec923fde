import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { checkAccess } from "../../src/api/access/check-access.ts";
import { createTokenIssuer } from "../../src/secrets/tokens/token-issuer.ts";
import { TokenKeys } from "../../src/secrets/tokens/token-keys.ts";
import { appId } from "../support/app.ts";
import { send } from "../support/api.ts";
import { startPlatform } from "../../src/index.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const kidsOf = (keys: TokenKeys): string[] => keys.all.map(({ kid }) => kid);
const day = 24 * 60 * 60 * 1_000;

test("keys outlive the platform in a file that only its user can read", () => {
  const file = join(tempDirectory(), "keys.json");
  const keys = new TokenKeys(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(kidsOf(new TokenKeys(file))).toEqual(kidsOf(keys));
  chmodSync(file, 0o644);
  const others = new TokenKeys(file);
  expect(kidsOf(others)).not.toContain(keys.current.kid);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 100));
  expect(kidsOf(new TokenKeys(file))).not.toContain(others.current.kid);
});

test("a key that cannot be written is used all the same", () => {
  const keys = new TokenKeys(join(tempDirectory(), "nowhere", "keys.json"));
  expect(keys.rotate(Date.now() + 2 * day)).toBe(true);
  expect(keys.all.length).toBe(3);
});

test("after a day another key signs, which was known before; the old one stays known", () => {
  const file = join(tempDirectory(), "keys.json");
  const keys = new TokenKeys(file);
  const [next, current] = kidsOf(keys);
  expect(keys.rotate()).toBe(false);
  expect(keys.rotate(Date.now() + day)).toBe(true);
  expect(keys.current.kid).toBe(next);
  expect(kidsOf(keys)).toEqual([expect.any(String), next, current]);
  expect(kidsOf(new TokenKeys(file))).toEqual(kidsOf(keys));
});

test("a token is for one app and five minutes", () => {
  const issuer = createTokenIssuer(join(tempDirectory(), "keys.json"));
  const { token, expiresAt } = issuer.issue("app:front", appId("back", "p", "d"));
  const [header = "", payload = ""] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
  expect(JSON.parse(header)).toMatchObject({ alg: "EdDSA", typ: "appenv+jwt" });
  expect(JSON.parse(payload)).toMatchObject({
    iss: "appenv",
    aud: "p/d/back",
    sub: "app:front",
    exp: expiresAt / 1_000,
  });
  expect(issuer.rulesFor(appId("back", "p", "d"))).toMatchObject({ audience: "p/d/back", keys: [{}, {}] });
});

test("each app has secrets of its own for tickets, and those it has before the key changes are good after it", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const issuer = createTokenIssuer(join(tempDirectory(), "keys.json"));
  const secretsOf = (name: string): readonly string[] => issuer.rulesFor(appId(name, "p", "d")).ticketSecrets ?? [];
  const before = secretsOf("one");
  expect(before).toHaveLength(2);
  expect(secretsOf("two").filter((secret) => before.includes(secret))).toEqual([]);
  vi.setSystemTime(Date.now() + day);
  issuer.issue("app:one", appId("two", "p", "d"));
  const [makes] = secretsOf("one");
  expect(before).toContain(makes);
  expect(secretsOf("one")).toEqual(expect.arrayContaining([...before]));
});

test("programs of this machine get tokens, pages of other sites and other machines do not", async () => {
  const platform = await startPlatform({ home: join(tempDirectory(), ".appenv"), port: 0 });
  try {
    const url = `${platform.endpoint}/appenv/token`;
    const body = JSON.stringify({ project: "p", domain: "d", app: "a" });
    const given = await send(url, { method: "POST", body });
    expect([given.status, given.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(JSON.parse(given.body)).toMatchObject({ token: expect.any(String), expiresAt: expect.any(Number) });
    const foreign = { origin: "http://evil.test" };
    expect((await send(url, { method: "POST", body, headers: foreign })).status).toBe(403);
    expect((await send(url, { method: "POST", body, headers: { host: "evil.test" } })).status).toBe(403);
    for (const wrong of ["", "null", "{}", '{"project":1}', "x".repeat(10_000)]) {
      expect((await send(url, { method: "POST", body: wrong })).status).toBe(400);
    }
  } finally {
    await platform.close();
  }
  const outside = { headers: { host: "10.0.0.1" }, socket: { remoteAddress: "10.0.0.2" } } as never;
  expect(checkAccess(outside, "call", { host: "0.0.0.0", keyOf: () => undefined })).toMatchObject({ status: 401 });
});
