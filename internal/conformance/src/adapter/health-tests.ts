import { expect, it } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { start } from "./start.ts";
import { whenAble } from "./when-able.ts";

/** `GET /health`. */
export function healthTests(adapter: AdapterUnderTest): void {
  it("answers 200, without a key even if the app needs one", async () => {
    const app = await start(adapter, { requiresAuth: true });
    const response = await app.fetch("/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "healthy" });
  });

  it("answers 503 naming the check that fails", async () => {
    const checks = { cache: () => true, database: () => Promise.reject(new Error("no connection")) };
    const app = await start(adapter, { health: { checks } });
    const response = await app.fetch("/health");
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({
      status: 503,
      code: "UNHEALTHY",
      detail: "database: no connection",
      checks: { cache: { status: "healthy" }, database: { status: "unhealthy", error: "no connection" } },
    });
  });

  it("gives a check its deadline", async () => {
    let aborted = false;
    const hangs = (signal: AbortSignal): Promise<never> =>
      new Promise(() => signal.addEventListener("abort", () => (aborted = true)));
    const app = await start(adapter, { health: { checks: { hangs }, timeout: "50ms" } });
    expect((await app.fetch("/health")).status).toBe(503);
    expect(aborted).toBe(true);
  });

  it("is at the path the environment says", async () => {
    const app = await start(adapter, { health: { path: "/alive" } });
    expect((await app.fetch("/alive")).status).toBe(200);
    expect((await app.fetch("/health")).status).toBe(404);
  });

  whenAble(adapter.abilities.knowsRoutes, "is the app's own route if it has one", async () => {
    const app = await start(adapter, { ownHealth: true });
    expect(await (await app.fetch("/health")).json()).toEqual({ own: true });
  });
}
