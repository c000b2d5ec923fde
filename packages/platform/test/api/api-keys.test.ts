import { timestampDate } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { send, startApi } from "../support/api.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

test("the last use of a key is told: of the API, of a session, and of an app, also after a restart", async () => {
  const root = tempDirectory();
  let now = 1_000_000;
  const api = await startApi("127.0.0.1", root, { requireToken: true, now: () => now });
  const usedAt = async (name: string) => {
    const { apiKeys } = await api.keys.listApiKeys({});
    const at = apiKeys.find((key) => key.name === name)?.lastUsedAt;
    return at === undefined ? undefined : timestampDate(at).getTime();
  };
  const { key: text } = await api.keys.createApiKey({ name: "ci", role: "viewer" });
  await api.keys.createApiKey({ name: "app" });
  expect(await usedAt("ci")).toBeUndefined();
  const headers = { authorization: `Bearer ${text}`, "content-type": "application/json" };
  await send(`${api.endpoint}/flyteidl2.app.AppService/List`, { method: "POST", headers, body: "{}" });
  expect(await usedAt("ci")).toBe(1_000_000);
  now += 5_000;
  const signedIn = await send(`${api.endpoint}/appenv/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: api.endpoint },
    body: JSON.stringify({ key: text }),
  });
  const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
  await send(`${api.endpoint}/appenv/session`, { headers: { cookie } });
  expect(await usedAt("ci")).toBe(1_005_000);
  const [, ofApp] = api.store.apiKeys.accepted();
  now += 5_000;
  api.note(
    { subject: "app:hello", project: "p", domain: "d" },
    { keys: [ofApp?.hash ?? ""], calls: [], deliveries: [] },
  );
  await api.close();
  expect(api.store.apiKeys.list().map(({ name, lastUsedAt }) => [name, lastUsedAt?.getTime()])).toEqual([
    ["ci", 1_005_000],
    ["app", 1_010_000],
  ]);
});
