import type { Duplex } from "node:stream";
import type { HostExtension, OpenApiDocument } from "@appenv/core";
import { expect, it, onTestFinished, vi } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { refused } from "./socket-tests.ts";
import { start } from "./start.ts";

const document: OpenApiDocument = {
  openapi: "3.1.1",
  info: { title: "beside", version: "0.0.0" },
  paths: { "/beside": { get: { summary: "Beside the app", responses: { 200: { description: "OK" } } } } },
};

/** An extension at `/beside`. */
function beside(parts: Partial<HostExtension> = {}): HostExtension {
  return {
    matches: ({ url }) => url === "/beside",
    request: (_, response) => void response.end("beside"),
    openapi: async () => document,
    ...parts,
  };
}

function answerTeapot(_: unknown, socket: Duplex): void {
  socket.end("HTTP/1.1 418 I'm a Teapot\r\n\r\n");
}

/** Requests and upgrades of something mounted beside the app: `env.mount(x)`. */
export function extensionTests(adapter: AdapterUnderTest): void {
  it("answers its requests, and the app all others", async () => {
    const app = await start(adapter, {}, beside());
    expect(await (await app.fetch("/beside")).text()).toBe("beside");
    expect(await (await app.fetch("/")).json()).toEqual({ message: "Hello" });
    expect((await app.fetch("/beside/it")).status).toBe(404);
  });

  it("is in the document", async () => {
    const app = await start(adapter, {}, beside());
    const { paths } = (await (await app.fetch("/openapi.json")).json()) as { paths: Record<string, unknown> };
    expect(paths["/beside"]).toMatchObject({ get: { summary: "Beside the app" } });
    expect("/orders" in paths).toBe(adapter.abilities.openapi);
  });

  it("needs an API key, unless it authenticates by itself", async () => {
    const guarded = await start(adapter, { requiresAuth: true }, beside());
    expect((await guarded.fetch("/beside")).status).toBe(401);
    const open = await start(adapter, { requiresAuth: true }, beside({ authenticates: true }));
    expect((await open.fetch("/beside")).status).toBe(200);
    expect((await open.fetch("/")).status).toBe(401);
  });

  it("takes its upgrades before the app", async () => {
    const app = await start(adapter, {}, beside({ upgrade: answerTeapot }));
    expect(await refused(`${app.url}/beside`)).toMatchObject({ status: 418 });
    expect(await refused(`${app.url}/nowhere`)).toMatchObject({ status: 404 });
  });

  it("is answered 500 when it fails, without a word about why", async () => {
    const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    onTestFinished(() => log.mockRestore());
    const app = await start(adapter, {}, beside({ request: () => Promise.reject(new Error("never to be told")) }));
    const response = await app.fetch("/beside");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("never to be told");
    expect(log.mock.calls.join("")).toContain("never to be told");
    expect((await app.fetch("/")).status).toBe(200);
  });
}
