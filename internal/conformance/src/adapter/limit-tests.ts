import { expect, it } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { json, start } from "./start.ts";

/** The largest body and the longest request. */
export function limitTests(adapter: AdapterUnderTest): void {
  it("answers 413 to a body whose length is said to be too large", async () => {
    const app = await start(adapter, { limits: { body: "1Ki" } });
    const response = await app.fetch("/echo", json("x".repeat(2_000)));
    expect(response.status).toBe(413);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "BODY_TOO_LARGE" });
  });

  it("answers 413 to a body that becomes too large", async () => {
    const app = await start(adapter, { limits: { body: "1Ki" } });
    const body = new Blob([JSON.stringify("x".repeat(2_000))]).stream();
    const response = await app.fetch("/echo", { ...json(""), body, duplex: "half" } as RequestInit);
    expect(response.status).toBe(413);
  });

  it("takes a body of exactly the limit", async () => {
    const app = await start(adapter, { limits: { body: "1Ki" } });
    const body = "x".repeat(1_022);
    expect(await (await app.fetch("/echo", json([body.slice(2)]))).json()).toEqual([body.slice(2)]);
  });

  it("answers 504 when the app takes too long, and 200 to the next request", async () => {
    const app = await start(adapter, { timeouts: { request: "100ms" } });
    const response = await app.fetch("/slow");
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: "REQUEST_TIMEOUT" });
    app.fixture.slowGate.open();
    expect((await app.fetch("/")).status).toBe(200);
  });

  it("leaves alone a response that has begun", async () => {
    const app = await start(adapter, { timeouts: { request: "100ms" } });
    const response = await app.fetch("/stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("one,");
    // A request that is cut in the meantime shows that the time is over.
    expect((await app.fetch("/slow")).status).toBe(504);
    app.fixture.slowGate.open();
    app.fixture.streamGate.open();
    expect((await reader.read()).value).toBe("two");
  });
}
