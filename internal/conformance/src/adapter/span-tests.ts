import { context, propagation, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { expect, it, onTestFinished } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { open } from "./socket-tests.ts";
import { json, start } from "./start.ts";
import { whenAble } from "./when-able.ts";

/** Spans of requests: which route took them. */
export function spanTests(adapter: AdapterUnderTest): void {
  const { tellsRoutes, websockets } = adapter.abilities;

  whenAble(tellsRoutes, "have the route as the app writes it, and its method, as their name", async () => {
    const ended = traced();
    const app = await start(adapter);
    await app.fetch("/");
    await app.fetch("/items/lamp?secret=1");
    await app.fetch("/orders", json({ item: "broken", count: 1 }));
    await app.fetch("/throws");
    await expect.poll(ended).toEqual([
      ["GET /", "/"],
      ["GET /items/:id", "/items/:id"],
      ["POST /orders", "/orders"],
      ["GET /throws", "/throws"],
    ]);
  });

  it("have the method alone where no route took the request", async () => {
    const ended = traced();
    const app = await start(adapter);
    await app.fetch("/nowhere/42");
    await expect.poll(ended).toEqual([["GET", undefined]]);
  });

  whenAble(tellsRoutes && websockets, "of an upgrade have the route of the socket", async () => {
    const ended = traced();
    const app = await start(adapter);
    await open(`${app.url}/ws`);
    await expect.poll(ended).toEqual([["GET /ws", "/ws"]]);
  });

  it("have the route of an extension that takes the request", async () => {
    const ended = traced();
    const app = await start(
      adapter,
      {},
      {
        matches: ({ url = "" }) => url.startsWith("/beside/"),
        request: (_, response) => void response.end(),
        routeOf: () => "/beside/{id}",
      },
    );
    await app.fetch("/beside/42");
    await expect.poll(ended).toEqual([["GET /beside/{id}", "/beside/{id}"]]);
  });
}

/** Registers OpenTelemetry's SDK until the test ends. @returns The name and the route of each span that has ended. */
function traced(): () => readonly (readonly [string, unknown])[] {
  const exporter = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  onTestFinished(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });
  return () => exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes["http.route"]]);
}
