import { afterEach, beforeEach, expect, test } from "vitest";
import { IsolatingEmitter } from "../../src/replicas/isolating-emitter.ts";
import { Listeners, inBackground, onUnexpected } from "@appenv/core/internal";

const reported: string[] = [];
let stop = (): void => {};
beforeEach(() => {
  stop = onUnexpected((where, error) => reported.push(`${where}: ${String(error)}`));
});
afterEach(() => void reported.splice(0));
afterEach(() => stop());

test("a listener that throws keeps nothing from the others, nor from who tells", () => {
  const listeners = new Listeners<number>("the numbers");
  const heard: number[] = [];
  listeners.add(() => {
    throw new Error("no");
  });
  const remove = listeners.add((value) => heard.push(value));
  listeners.tell(1);
  remove();
  listeners.tell(2);
  expect(heard).toEqual([1]);
  expect(reported).toEqual(Array(2).fill("A listener of the numbers failed: Error: no"));
});

test("so it is with events, whose listeners may be many, and may leave while they are told", () => {
  const emitter = new IsolatingEmitter<{ said: [word: string, times: number] }>("a process");
  const heard: string[] = [];
  const onSaid = (word: string, times: number): void => void heard.push(`${word} ${times}`);
  emitter.once("said", () => {
    throw new Error("once");
  });
  emitter.on("said", onSaid);
  for (let index = 0; index < 20; index += 1) emitter.once("said", (word) => heard.push(word));
  emitter.emit("said", "a", 1);
  emitter.off("said", onSaid).emit("said", "b", 2);
  expect(heard).toEqual(["a 1", ...Array(20).fill("a")]);
  expect(emitter.listenerCount("said")).toBe(0);
  expect(reported).toEqual(["A listener of 'said' of a process failed: Error: once"]);
});

test("a sink that throws keeps nothing from the other sinks", async () => {
  const heard: unknown[] = [];
  const stops = [
    onUnexpected(() => {
      throw new Error("the log is full");
    }),
    onUnexpected((where) => heard.push(where)),
  ];
  inBackground("Work failed", Promise.reject(new Error("late")));
  await expect.poll(() => heard).toEqual(["Work failed"]);
  for (const end of stops) end();
});
