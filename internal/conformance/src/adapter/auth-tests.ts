import { expect, it } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { apiKey, json, start } from "./start.ts";

/** `requiresAuth`, which is the default. */
export function authTests(adapter: AdapterUnderTest): void {
  it.for([
    ["no key", {}],
    ["a wrong key", { authorization: "Bearer wrong" }],
    ["another scheme", { authorization: `Basic ${apiKey}` }],
    ["an empty key", { "x-api-key": "" }],
  ] as const)("answers 401 to a request with %s", async ([, headers]) => {
    const app = await start(adapter, { requiresAuth: true });
    const response = await app.fetch("/", { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.json()).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  });

  it("does not tell which routes there are", async () => {
    const app = await start(adapter, { requiresAuth: true });
    expect((await app.fetch("/nowhere")).status).toBe(401);
  });

  it.for([{ authorization: `Bearer ${apiKey}` }, { "x-api-key": apiKey }])("answers with %o", async (headers) => {
    const app = await start(adapter, { requiresAuth: true });
    const response = await app.fetch("/", { headers });
    expect(await response.json()).toEqual({ message: "Hello" });
  });

  it("tells a handler who sent the request, also after its body was read and after a wait", async () => {
    const app = await start(adapter, { requiresAuth: true });
    const headers = { authorization: `Bearer ${apiKey}` };
    await (await app.fetch("/", { headers })).text();
    const order = json({ item: "tea", count: 1 });
    await (await app.fetch("/orders", { ...order, headers: { ...order.headers, ...headers } })).text();
    const slow = app.fetch("/slow", { headers });
    await app.fixture.slowGate.reached;
    app.fixture.slowGate.open();
    await (await slow).text();
    const who = { kind: "api-key", subject: expect.stringMatching(/^api-key:[0-9a-f]{12}$/), claims: {} };
    const answered = adapter.abilities.validation ? 3 : 2;
    expect(app.fixture.identities).toEqual(Array.from({ length: answered }, () => who));
  });

  it("tells a handler nobody where nobody had to prove anything", async () => {
    const app = await start(adapter);
    await (await app.fetch("/", { headers: { authorization: `Bearer ${apiKey}` } })).text();
    expect(app.fixture.identities).toEqual([undefined]);
  });

  it.for([
    `${encode({ alg: "none", typ: "JWT" })}.${encode({ sub: "root" })}.`,
    `${encode({ alg: "none", typ: "appenv+jwt" })}.${encode({ iss: "appenv", sub: "root" })}.${"A".repeat(86)}`,
    `${encode({ alg: "EdDSA", typ: "appenv+jwt", kid: "1" })}.${encode({ iss: "appenv", sub: "root" })}.${"A".repeat(86)}`,
  ])("answers a token that nobody signed as any other wrong key: %s", async (token) => {
    const app = await start(adapter, { requiresAuth: true });
    const [wrong, forged] = await Promise.all(
      ["wrong", token].map((key) => app.fetch("/", { headers: { authorization: `Bearer ${key}` } })),
    );
    expect(forged?.status).toBe(401);
    expect(await forged?.json()).toEqual(await wrong?.json());
  });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
