import { expect, test } from "vitest";
import { send, startApi } from "../support/api.ts";

test("the page for Prometheus is read with any key, and not with the token of an app", async () => {
  const api = await startApi("127.0.0.1", undefined, { requireToken: true });
  const { key } = await api.keys.createApiKey({ name: "prometheus", role: "viewer" });
  const read = (token: string) => send(`${api.endpoint}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(await read(key)).toMatchObject({ status: 200, body: expect.stringContaining("# TYPE appenv_app_up gauge") });
  expect(await read(api.appTokens.issue({ subject: "app:hello", project: "p", domain: "d" }))).toMatchObject({
    status: 403,
  });
  expect((await send(`${api.endpoint}/metrics`)).status).toBe(401);
});
