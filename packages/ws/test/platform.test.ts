import { expect, onTestFinished, test } from "vitest";
import { serveExample } from "@appenv-internal/conformance";
import { socketClient, type SocketSession } from "../src/client.ts";
import type { sockets } from "./fixtures/rooms-app.ts";

const file = new URL("fixtures/rooms-app.ts", import.meta.url);
type Said = { readonly n: number; readonly pid: number };

/** A client with the numbers it has seen and the replicas it was connected to. */
interface Watched {
  readonly session: SocketSession<{ n: number }, Said>;
  readonly numbers: number[];
  readonly replicas: Set<number>;
  gaps: number;
  joined: number;
}

function watch(endpoint: string): Watched {
  const session = socketClient<typeof sockets>(endpoint).connect("/rooms/:room", { params: { room: "all" } });
  onTestFinished(() => session.close());
  const watched: Watched = { session, numbers: [], replicas: new Set(), gaps: 0, joined: 0 };
  session.on("message", ({ data, room }) => {
    if (room === undefined) watched.replicas.add(data.pid);
    else watched.numbers.push(data.n);
  });
  session.on("gap", () => (watched.gaps += 1));
  session.on("joined", () => (watched.joined += 1));
  return watched;
}

test("two replicas share a room, and a rollout under 1,000 open sockets loses no message", async () => {
  const { endpoint, run } = await serveExample(file);
  const clients: Watched[] = [];
  for (let batch = 0; batch < 10; batch += 1) {
    clients.push(...Array.from({ length: 100 }, () => watch(endpoint)));
    await expect.poll(() => clients.every(({ joined }) => joined === 1)).toBe(true);
  }
  const before = new Set(clients.flatMap(({ replicas }) => [...replicas]));
  expect(before.size).toBe(2);

  let said = 0;
  const speaker = clients[0]!.session;
  const talk = setInterval(() => speaker.send({ n: said++ }), 250);
  onTestFinished(() => clearInterval(talk));
  await expect.poll(() => clients.every(({ numbers }) => numbers.length > 2)).toBe(true);
  await run("serve", file.pathname, "-e", "REVISION=2", "--json");
  await expect.poll(() => clients.filter(({ joined }) => joined < 2), { timeout: 40_000 }).toHaveLength(0);
  clearInterval(talk);
  await expect.poll(() => clients.filter(({ numbers }) => numbers.length < said)).toHaveLength(0);

  const after = clients.flatMap(({ replicas }) => [...replicas]).filter((pid) => !before.has(pid));
  expect(new Set(after).size).toBe(2);
  const all = Array.from({ length: said }, (_, n) => n);
  for (const { numbers, gaps } of clients) expect([numbers, gaps]).toEqual([all, 0]);
}, 120_000);
