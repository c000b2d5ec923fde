import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { processEnv } from "../../src/replicas/pool/process-env.ts";
import { ProcessPool } from "../../src/replicas/pool/process-pool.ts";
import { ListeningSocket } from "../../src/sockets/listening-socket.ts";
import { handleOf, type TcpHandle } from "../../src/sockets/tcp-handle.ts";
import { onUnexpected } from "@appenv/core/internal";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

function poolOf(source: string): ProcessPool {
  const entry = join(tempDirectory(), "entry.mjs");
  writeFileSync(entry, source);
  const pool = new ProcessPool({ entry, env: processEnv({}) });
  onTestFinished(() => pool.close());
  return pool;
}

function workingPool(): ProcessPool {
  const entry = new URL(import.meta.resolve("@appenv/runtime/replica")).pathname;
  const pool = new ProcessPool({ entry, env: processEnv({}) });
  onTestFinished(() => pool.close());
  return pool;
}

function watched(): string[] {
  const reported: string[] = [];
  onTestFinished(onUnexpected((where, error) => reported.push(`${where}: ${String(error)}`)));
  return reported;
}

async function listening(): Promise<TcpHandle> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return handleOf(server);
}

test("processes that die at once are not started for ever, and why is said once", async () => {
  const reported = watched();
  const started = join(tempDirectory(), "started");
  const pool = poolOf(`
    import { appendFileSync } from "node:fs";
    appendFileSync(${JSON.stringify(started)}, "x");
    console.error("no such file: ./native.node");
    process.exit(7);`);
  const handle = await listening();
  expect(await pool.duplicate(handle)).toBeUndefined();
  for (let index = 0; index < 100; index += 1) pool.refill();
  expect(await pool.duplicate(handle)).toBeUndefined();
  expect(readFileSync(started, "utf8").length).toBeLessThan(10);
  expect(reported).toHaveLength(1);
  expect(reported[0]).toContain("It exited with code 7. Its last output:\nno such file: ./native.node");
});

test("a socket is taken back also when no process can duplicate it", async () => {
  watched();
  const [pool, goodPool] = [poolOf("process.exit(1)"), workingPool()];
  let duplicates = 0;
  const connections: unknown[] = [];
  const socket = await ListeningSocket.bind(
    { host: "127.0.0.1", port: 0 },
    // The first duplicate is that of the rollout; then no process starts any more.
    async (handle) => ((duplicates += 1) === 1 ? goodPool.duplicate(handle) : pool.duplicate(handle)),
    (connection) => {
      connections.push(connection);
      connection.destroy();
    },
  );
  await socket.handle();
  socket.release();
  await socket.accept();
  expect(socket.accepting).toBe(true);
  const client = connect(socket.port, "127.0.0.1");
  await once(client, "close");
  expect(connections).toHaveLength(1);
  socket.close();
});

test("many duplicates at once come without a warning", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
  const pool = workingPool();
  const handle = await listening();
  const handles = await Promise.all(Array.from({ length: 30 }, () => pool.duplicate(handle)));
  expect(handles.every((one) => one !== undefined)).toBe(true);
  for (const one of handles) one?.close();
  const spare = pool.take("any");
  expect(spare.listenerCount("message")).toBe(0);
  expect(warnings).toEqual([]);
  await spare.end();
});
