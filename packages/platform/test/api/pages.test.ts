import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { appId, definition } from "../support/app.ts";
import { send, startApi } from "../support/api.ts";

const evil = `"><script>alert('1')</script>&`;

test("the list leads to the app, which shows how it stands and its last lines", async () => {
  const api = await startApi();
  await api.controller.apply(appId(), definition({ description: evil }));
  api.controller.change(appId(), {
    phase: "FAILED",
    message: `[START_FAILED] ${evil}`,
    readyReplicas: 1,
    replicas: [{ name: "r1", revision: 1, pid: 4711, state: "ready", inFlight: 3 }],
  });
  api.logs.write(appId(), "r1", "stdout", [...Array.from({ length: 60 }, (_, index) => `line ${index}`), evil]);
  const list = await send(api.endpoint);
  const path = "/v2/domain/development/project/flytesnacks/apps/hello-app";
  expect(list.body).toContain(`<a href="${path}">hello-app</a>`);
  expect(list.body).toContain("FAILED");
  const page = await send(`${api.endpoint}${path}`);
  expect(page.status).toBe(200);
  for (const text of [
    "http://localhost:9000",
    "4711",
    "[START_FAILED]",
    "line 59",
    'http-equiv="refresh" content="2"',
  ]) {
    expect(page.body).toContain(text);
  }
  expect(page.body).not.toContain("line 10<");
  expect(page.body).not.toContain("<script");
  expect(page.body.match(/&quot;&gt;&lt;script&gt;alert\(&#39;1&#39;\)/g)).toHaveLength(3);
});

test("nothing but its own style is allowed on a page", async () => {
  const api = await startApi();
  const { headers, body } = await send(api.endpoint);
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(body) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(headers["content-security-policy"]).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
  expect(headers["x-content-type-options"]).toBe("nosniff");
});

test("links that could run code are shown as text", async () => {
  const api = await startApi();
  const links = [
    { path: "/docs", title: "Docs", isRelative: true },
    { path: "javascript:alert(1)", title: "Evil", isRelative: false },
    { path: "https://example.com/?a=1&b=2", title: "Example", isRelative: false },
  ];
  await api.controller.apply(appId(), definition({ links }));
  const { body } = await send(`${api.endpoint}/v2/domain/development/project/flytesnacks/apps/hello-app`);
  expect(body).toContain('<a href="http://localhost:9000/docs" rel="noreferrer">Docs</a>');
  expect(body).toContain('<a href="https://example.com/?a=1&amp;b=2" rel="noreferrer">Example</a>');
  expect(body).toContain("Evil");
  expect(body).not.toContain("javascript:");
});

test("a page of an app or a path that does not exist is not found", async () => {
  const api = await startApi();
  for (const path of [
    "/v2/domain/d/project/p/apps/x",
    "/v2/domain/%zz/project/p/apps/x",
    "/nothing",
    "/../etc/passwd",
  ]) {
    expect((await send(`${api.endpoint}${path}`)).status).toBe(404);
  }
  expect((await send(api.endpoint, { method: "HEAD" })).body).toBe("");
});
