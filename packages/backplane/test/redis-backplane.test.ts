import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { RedisServer } from "@appenv-internal/test-support/redis-server";
import { systemProgram } from "@appenv-internal/test-support/system";
import { type BackplaneMessage } from "@appenv/core";
import { comparePositions } from "@appenv/core/internal";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { redisBackplane, type RedisBackplane } from "../src/redis/index.ts";

const redis = systemProgram("redis-server");

test("a wrong URL is refused", () => {
  expect(() => redisBackplane({ url: "localhost" })).toThrow("redisBackplane: url");
});

test("retries a Redis that is away less and less often", async () => {
  const knocks: number[] = [];
  const closed = createServer((socket) => {
    knocks.push(performance.now());
    socket.destroy();
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void closed.close());
  await once(closed, "listening");
  const away = redisBackplane({ url: `redis://127.0.0.1:${(closed.address() as AddressInfo).port}` });
  onTestFinished(() => away.close());
  await away.publish("t", Buffer.from("alone"));
  // Two connections, each of which waits 50, 100, 200, 400, 800 and 1,000 ms between its attempts.
  await expect.poll(() => knocks.length).toBeGreaterThanOrEqual(14);
  expect(knocks[13]! - knocks[0]!).toBeGreaterThan(2_400);
});

describe.skipIf(redis.missing !== undefined)("over a real Redis", () => {
  let server: RedisServer;

  beforeEach(async () => {
    server = await RedisServer.start(redis.path!);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  function backplane(): RedisBackplane {
    const made = redisBackplane({ url: server.url });
    onTestFinished(() => made.close());
    return made;
  }

  test("all subscribers see a topic's messages in the same order, the publisher included", async () => {
    const [a, b] = [backplane(), backplane()];
    const [seenByA, seenByB] = [await listen(a, "t"), await listen(b, "t")];
    const other = await listen(b, "other");
    await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? a : b).publish("t", Buffer.from(`${n}`))));
    await expect.poll(() => [seenByA.length, seenByB.length]).toEqual([50, 50]);
    expect(texts(seenByA)).toEqual(texts(seenByB));
    const positions = seenByA.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted(comparePositions));
    expect(other).toEqual([]);
    expect([a.connected, b.connected]).toEqual([true, true]);
  });

  test("history gives the messages after a position, and says whether any is missing", async () => {
    const a = backplane();
    const first = await a.publish("t", Buffer.from("1"), { keep: 10 });
    await a.publish("t", Buffer.from("2"), { keep: 10 });
    const { messages, complete } = await a.history("t", first);
    expect([texts(messages), complete]).toEqual([["2"], true]);
    expect(await a.history("t")).toMatchObject({ complete: true, messages: [{ position: first }, {}] });
    expect(await a.history("t", "5-1")).toMatchObject({ complete: false });
    expect(await a.history("nothing", "5-1")).toEqual({ complete: false, messages: [] });
  });

  test("a listener that has unsubscribed gets no more messages", async () => {
    const a = backplane();
    const seen: string[] = [];
    const unsubscribe = await a.subscribe("t", ({ payload }) => seen.push(String(payload)));
    const others = await listen(a, "u");
    await unsubscribe();
    await a.publish("t", Buffer.from("unheard"));
    await a.publish("u", Buffer.from("heard"));
    await expect.poll(() => others).toHaveLength(1);
    expect(seen).toEqual([]);
  });

  test("while Redis is away a message reaches the own subscribers, afterwards all, and none arrives twice", async () => {
    const [a, b] = [backplane(), backplane()];
    const [seenByA, seenByB] = [await listen(a, "t"), await listen(b, "t")];
    await a.publish("t", Buffer.from("before"), { keep: 10 });
    await expect.poll(() => [seenByA.length, seenByB.length]).toEqual([1, 1]);
    await server.stop();
    const local = await a.publish("t", Buffer.from("alone"), { keep: 10 });
    await expect.poll(() => texts(seenByA)).toEqual(["before", "alone"]);
    expect(comparePositions(local, seenByA[0]!.position)).toBeGreaterThan(0);
    await expect.poll(() => [a.connected, b.connected]).toEqual([false, false]);
    expect(await a.history("t")).toEqual({ messages: [], complete: false });
    const late = await listen(b, "late");

    await server.start();
    await expect.poll(() => [a.connected, b.connected]).toEqual([true, true]);
    const after = await a.publish("t", Buffer.from("after"), { keep: 10 });
    await expect.poll(() => texts(seenByA)).toEqual(["before", "alone", "after"]);
    await expect.poll(() => texts(seenByB)).toEqual(["before", "after"]);
    expect(comparePositions(after, local)).toBeGreaterThan(0);
    expect(await a.history("t", local)).toMatchObject({ complete: true, messages: [{ position: after }] });
    // The topic that was first subscribed to in the meantime is read too, once its position is known.
    await vi.waitFor(async () => {
      await a.publish("late", Buffer.from("x"));
      expect(late.length).toBeGreaterThan(0);
    }, 30_000);
  });

  test("a replica that lost its connection reads what it missed", async () => {
    const b = backplane();
    const seen = await listen(b, "t");
    await b.publish("t", Buffer.from("1"));
    await expect.poll(() => seen).toHaveLength(1);
    const other = connect(server.port, "127.0.0.1");
    onTestFinished(() => void other.destroy());
    other.write("CLIENT KILL TYPE normal SKIPME yes\r\nXADD appenv:t * o other p 2\r\n");
    await expect.poll(() => texts(seen)).toEqual(["1", "2"]);
  });

  test("a Redis that hangs counts as away, and is found again when it answers", async () => {
    const a = backplane();
    const seen = await listen(a, "t");
    await a.publish("t", Buffer.from("1"));
    await expect.poll(() => seen).toHaveLength(1);
    server.signal("SIGSTOP");
    await a.publish("t", Buffer.from("2"));
    await expect.poll(() => texts(seen)).toEqual(["1", "2"]);
    expect(a.connected).toBe(false);
    server.signal("SIGCONT");
    await vi.waitFor(async () => {
      await a.publish("u", Buffer.from("3"));
      expect(a.connected).toBe(true);
    }, 30_000);
    await a.publish("t", Buffer.from("4"));
    await expect.poll(() => texts(seen)).toEqual(["1", "2", "4"]);
  });
});

async function listen(backplane: RedisBackplane, topic: string): Promise<BackplaneMessage[]> {
  const seen: BackplaneMessage[] = [];
  await backplane.subscribe(topic, (message) => seen.push(message));
  return seen;
}

function texts(messages: readonly BackplaneMessage[]): string[] {
  return messages.map(({ payload }) => Buffer.from(payload).toString());
}
