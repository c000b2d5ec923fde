import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { ProcessPool } from "../../src/replicas/pool/process-pool.ts";
import { processEnv } from "../../src/replicas/pool/process-env.ts";
import { ListeningSocket } from "../../src/sockets/listening-socket.ts";
import { refuse } from "../../src/sockets/refuse.ts";

const pool = new ProcessPool({
  entry: new URL(import.meta.resolve("@appenv/runtime/replica")).pathname,
  env: processEnv({}),
});
const open: { close(): void }[] = [];
afterEach(async () => {
  for (const item of open.splice(0)) item.close();
  await pool.close();
});

it("keeps connections through changes of who accepts, and answers when nobody can", async () => {
  const accepted: Socket[] = [];
  const socket = await ListeningSocket.bind(
    { host: "127.0.0.1", port: 0 },
    (handle) => pool.duplicate(handle),
    (connection) => accepted.push(connection),
  );
  open.push(socket);
  expect(() => socket.release()).toThrow("No replica");

  await socket.handle();
  socket.release();
  expect(socket.accepting).toBe(false);
  const client = connect(socket.port, "127.0.0.1");
  open.push({ close: () => client.destroy() });
  await once(client, "connect");
  client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  expect(accepted).toHaveLength(0);

  await socket.accept();
  await expect.poll(() => accepted.length).toBe(1);
  const [connection] = accepted;
  if (connection === undefined) throw new Error("no connection");
  expect(connection.bytesRead).toBe(0);

  refuse(connection, "Nobody is here.", 7);
  const answer = (await client.toArray()).join("");
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toContain("Retry-After: 7");
  expect(answer).toContain("Nobody is here.");
});
