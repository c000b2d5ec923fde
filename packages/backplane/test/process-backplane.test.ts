import { expect, it, onTestFinished } from "vitest";
import { comparePositions, onUnexpected } from "@appenv/core/internal";
import { ProcessBackplane } from "../src/index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);

it("delivers to subscribers in order, after the call that published, until they unsubscribe", async () => {
  const backplane = new ProcessBackplane();
  const heard: string[] = [];
  const leave = await backplane.subscribe("room", ({ payload }) => heard.push(text(payload)));
  const published = backplane.publish("room", bytes("one"));
  expect(heard).toEqual([]);
  await published;
  await backplane.publish("room", bytes("two"));
  await backplane.publish("other", bytes("not here"));
  expect(heard).toEqual(["one", "two"]);
  await leave();
  await backplane.publish("room", bytes("three"));
  expect(heard).toEqual(["one", "two"]);
});

it("keeps as many messages as it was asked to, and says when some are missing", async () => {
  const backplane = new ProcessBackplane();
  const positions = [];
  for (const word of ["a", "b", "c", "d"]) positions.push(await backplane.publish("room", bytes(word), { keep: 2 }));
  const [a = "", b = "", , d = ""] = positions;
  expect(positions.toSorted(comparePositions)).toEqual(positions);
  const after = async (position?: string): Promise<[string[], boolean]> => {
    const { messages, complete } = await backplane.history("room", position);
    return [messages.map(({ payload }) => text(payload)), complete];
  };
  expect(await after(b)).toEqual([["c", "d"], true]);
  expect(await after(d)).toEqual([[], true]);
  expect(await after(a)).toEqual([["c", "d"], false]);
  expect(await after("1-3")).toEqual([["c", "d"], false]);
  expect(await after()).toEqual([["c", "d"], false]);
});

it("forgets the least recently used topics, but none with a subscriber", async () => {
  const backplane = new ProcessBackplane();
  await backplane.subscribe("heard", () => undefined);
  for (const topic of ["heard", "idle"]) await backplane.publish(topic, bytes("kept"), { keep: 1 });
  for (let index = 0; index < 1_100; index += 1) await backplane.publish(`room-${index}`, bytes("x"), { keep: 1 });
  expect((await backplane.history("heard")).messages).toHaveLength(1);
  expect((await backplane.history("idle")).messages).toHaveLength(0);
});

it("delivers a message to the subscribers it had when it came, and reports those that fail", async () => {
  const reported: string[] = [];
  onTestFinished(onUnexpected((where, error) => reported.push(`${where}: ${String(error)}`)));
  const backplane = new ProcessBackplane();
  const heard: string[] = [];
  await backplane.subscribe("room", async () => {
    throw new Error("rejected");
  });
  await backplane.subscribe("room", () => {
    void backplane.subscribe("room", ({ payload }) => heard.push(`late ${text(payload)}`));
    throw new Error("thrown");
  });
  await backplane.subscribe("room", ({ payload }) => heard.push(text(payload)));
  await backplane.publish("room", bytes("one"));
  await expect.poll(() => reported.length).toBe(2);
  expect(heard).toEqual(["one"]);
  expect(reported.toSorted()).toEqual([
    "A listener of the topic room failed: Error: rejected",
    "A listener of the topic room failed: Error: thrown",
  ]);
});
