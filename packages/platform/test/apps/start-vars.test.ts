import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { id, server, startApps } from "../support/apps.ts";
import { outputOf, startWorkers } from "../support/workers.ts";

const instrument = "globalThis.instrumented = `for ${process.env.OTEL_SERVICE_NAME}`;";
const look = server(`(request, response) => response.end(JSON.stringify({
  pid: process.pid,
  heap: process.getBuiltinModule("node:v8").getHeapStatistics().heap_size_limit / 2 ** 20,
  instrumented: globalThis.instrumented,
  certificates: process.getBuiltinModule("node:tls").getCACertificates("extra").length,
  hour: new Date(0).getHours(),
}))`);

it("gives env vars that are read when a process starts to a process that is started with them", async () => {
  await using apps = await startApps();
  const definition = apps.define(look, { scaledownAfterMs: 300 });
  const workdir = definition.launch.kind === "bundle" ? definition.launch.workdir : "";
  writeFileSync(join(workdir, "instrument.mjs"), instrument);
  writeFileSync(join(workdir, "none.pem"), "");
  const launch = { ...definition.launch, preload: [import.meta.resolve("@appenv/core")] } as typeof definition.launch;
  const envVars = {
    NODE_OPTIONS: "--max-old-space-size=96 --import ./instrument.mjs",
    NODE_EXTRA_CA_CERTS: join(workdir, "none.pem"),
    OTEL_SERVICE_NAME: "orders",
    TZ: "Asia/Tokyo",
  };
  await apps.controller.apply(id, { ...definition, launch, envVars });
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const first = await json(endpoint);
  expect(first).toMatchObject({ instrumented: "for orders", certificates: 0, hour: 9 });
  expect(first.heap).toBeLessThan(400);

  // Once it is at zero a process is prepared for the next request.
  await apps.until(id, ({ replicas }) => replicas.length === 0);
  const second = await json(endpoint);
  expect(second).toMatchObject({ instrumented: "for orders", certificates: 0, hour: 9 });
  expect(second.pid).not.toBe(first.pid);

  const wrong = { ...definition, envVars: { NODE_OPTIONS: "--no-such-option" } };
  await apps.controller.apply(id, wrong);
  const failed = await apps.until(id, ({ phase }) => phase === "FAILED");
  expect(failed.failure?.message).toContain("--no-such-option");
  expect((await json(endpoint)).instrumented).toBe("for orders");
});

it("gives them to tasks, and to single runs", async () => {
  const { start } = startWorkers();
  const limited = start("env", { envVars: { NODE_OPTIONS: "--max-old-space-size=96" } });
  const { heapMiB } = JSON.parse(outputOf(await limited.ended)) as { readonly heapMiB: number };
  expect(heapMiB).toBeLessThan(400);
});

async function json(url: string): Promise<Record<string, number | string>> {
  const response = await fetch(url, { headers: { connection: "close" } });
  return (await response.json()) as Record<string, number | string>;
}
