import { expect, it } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { json, start } from "./start.ts";

/** Requests and answers, which are as the framework makes them. */
export function requestTests(adapter: AdapterUnderTest): void {
  it("answers a request", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({ message: "Hello" });
  });

  it("reads a body", async () => {
    const app = await start(adapter);
    const body = { text: "grüße", list: [1, 2, 3] };
    expect(await (await app.fetch("/echo", json(body))).json()).toEqual(body);
  });

  it("answers 404 where there is no route", async () => {
    const app = await start(adapter);
    expect((await app.fetch("/nowhere")).status).toBe(404);
  });

  it("streams: the first chunk arrives before the last one is made", async () => {
    const app = await start(adapter);
    const { body } = await app.fetch("/stream");
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("one,");
    app.fixture.streamGate.open();
    expect((await reader.read()).value).toBe("two");
    expect((await reader.read()).done).toBe(true);
  });

  it("lets the app see that a client went away", async () => {
    const app = await start(adapter);
    const client = new AbortController();
    const response = await app.fetch("/events", { signal: client.signal });
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: hello\n\n");
    client.abort();
    await app.fixture.eventsClosed;
    await expect(reader.read()).rejects.toThrow(/abort/i);
  });

  it("answers 500 without a stack trace when a handler throws, and goes on", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/throws");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/\.[cm]?[jt]s:\d+|\n\s+at /);
    expect((await app.fetch("/")).status).toBe(200);
  });
}
