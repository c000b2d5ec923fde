import { expect, it } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { apiKey, start } from "./start.ts";

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
}
