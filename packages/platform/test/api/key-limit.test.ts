import { userInfo } from "node:os";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, test } from "vitest";
import { send, startApi } from "../support/api.ts";

const json = { "content-type": "application/json" };
const list = "/flyteidl2.app.AppService/List";

test("guesses in a header are limited by address too; keys that an address has used before go on", async () => {
  let now = 1_000;
  const api = await startApi("127.0.0.1", tempDirectory(), { behindProxy: true, now: () => now });
  const [used, unused] = [
    await api.keys.createApiKey({ name: "used" }),
    await api.keys.createApiKey({ name: "unused" }),
  ];
  const ask = (key: string, address = "10.0.0.1", path = list) =>
    send(`${api.endpoint}${path}`, {
      method: path === list ? "POST" : "GET",
      headers: { ...json, authorization: `Bearer ${key}`, "x-forwarded-for": address },
      ...(path === list ? { body: "{}" } : {}),
    });
  const status = async (key: string, address?: string) => (await ask(key, address)).status;
  expect(await status(used.key)).toBe(200);
  for (let count = 0; count < 10; count += 1) expect(await status(`aek_guess${count}`)).toBe(401);
  const limited = await ask("aek_guess");
  expect([limited.status, limited.headers["retry-after"], JSON.parse(limited.body)]).toMatchObject([
    429,
    "60",
    { code: "resource_exhausted" },
  ]);
  expect([await status(used.key), await status(unused.key), await status(unused.key, "10.0.0.2")]).toEqual([
    200, 429, 200,
  ]);
  expect(JSON.parse((await ask(unused.key, "10.0.0.1", "/healthz")).body)).not.toHaveProperty("home");
  now += 60_000;
  expect(await status(unused.key)).toBe(200);
});

test("a program of this machine with an old token keeps out no other", async () => {
  const api = await startApi("127.0.0.1", tempDirectory(), { requireToken: true });
  const { key } = await api.keys.createApiKey({ name: "new" });
  const status = async (text: string) => {
    const headers = { ...json, authorization: `Bearer ${text}` };
    return (await send(`${api.endpoint}${list}`, { method: "POST", headers, body: "{}" })).status;
  };
  for (let count = 0; count < 10; count += 1) await status("apt_old");
  expect([await status("apt_old"), await status(key)]).toEqual([429, 200]);
});

test("UserInfo names the key or the app that asks, or the user of the machine", async () => {
  const api = await startApi("127.0.0.1", tempDirectory(), { requireToken: true });
  const { key } = await api.keys.createApiKey({ name: "laptop", role: "viewer" });
  const path = `${api.endpoint}/flyteidl2.auth.IdentityService/UserInfo`;
  const ask = async (token: string): Promise<unknown> => {
    const headers = { ...json, authorization: `Bearer ${token}` };
    return JSON.parse((await send(path, { method: "POST", headers, body: "{}" })).body);
  };
  expect(await ask(key)).toMatchObject({ subject: "api-key:laptop", name: "laptop", preferredUsername: "laptop" });
  const app = api.appTokens.issue({ subject: "app:shop", project: "p", domain: "d" });
  expect(await ask(app)).toMatchObject({ subject: "app:shop", name: "app:shop" });
  const own = await startApi();
  const local = await send(path.replace(api.endpoint, own.endpoint), { method: "POST", headers: json, body: "{}" });
  expect(JSON.parse(local.body)).toMatchObject({ name: userInfo().username });
});
