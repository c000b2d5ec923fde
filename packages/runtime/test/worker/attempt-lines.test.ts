import { expect, test } from "vitest";
import type { FromWorker } from "../../src/index.ts";
import { AttemptLines } from "../../src/worker/attempt-lines.ts";
import { Batcher } from "../../src/worker/batcher.ts";

/** A batcher whose messages are on their way until `arrive` is called. */
function slowBatcher() {
  const sent: FromWorker[] = [];
  const arrived = Promise.withResolvers<void>();
  const batcher = new Batcher((message) => {
    sent.push(message);
    return arrived.promise;
  });
  const texts = (): string[] =>
    sent.flatMap((message) => (message.type === "lines" ? message.lines.map(({ text }) => text) : []));
  return { batcher, texts, arrive: arrived.resolve };
}

test("text comes in pieces and goes out in lines", async () => {
  const { batcher, texts, arrive } = slowBatcher();
  const lines = new AttemptLines(1, batcher);
  const euro = Buffer.from("3 €");
  lines.write("stdout", "one\r\ntw");
  lines.write("stdout", "o\n\n");
  lines.write("stdout", euro.subarray(0, 3));
  lines.write("stdout", euro.subarray(3));
  lines.close();
  arrive();
  await batcher.flush();
  expect(texts()).toEqual(["one", "two", "", "3 €"]);
});

test("an endless line is divided", async () => {
  const { batcher, texts, arrive } = slowBatcher();
  const lines = new AttemptLines(1, batcher);
  lines.write("stdout", "x".repeat(150_000));
  lines.close();
  arrive();
  await batcher.flush();
  expect(texts().map((text) => text.length)).toEqual([65_536, 65_536, 18_928]);
});

test("lines that come faster than they are taken are left out, and counted", async () => {
  const { batcher, texts, arrive } = slowBatcher();
  const lines = new AttemptLines(1, batcher);
  const line = `${"x".repeat(65_535)}\n`;
  for (let count = 0; count < 300; count += 1) lines.write("stdout", line);
  const flushed = batcher.flush();
  const before = texts().length;
  expect(before).toBeLessThan(270);
  arrive();
  await flushed;
  lines.write("stdout", "again\n");
  await batcher.flush();
  expect(texts().slice(before)).toEqual([
    `(${300 - before} lines were left out: they came faster than they could be stored)`,
    "again",
  ]);
});
