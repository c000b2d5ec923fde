import { setImmediate as nextTurn } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import { expect, test } from "vitest";
import { z } from "zod";
import type { ActionOutcome } from "../../src/ipc/action-messages.ts";
import { AttemptStreams } from "../../src/worker/attempt-streams.ts";

const stored: ActionOutcome = { type: "succeeded", outputs: new Uint8Array() };
const full: ActionOutcome = {
  type: "failed",
  error: { kind: "SYSTEM", code: "STREAM_LIMIT", message: "It is full.", stack: undefined, retryable: false },
};

/** Streams of an attempt whose platform answers when the test says so. */
function open() {
  const asked: (string | undefined)[] = [];
  const answers: ((outcome: ActionOutcome) => void)[] = [];
  const streams = new AttemptStreams({
    checkRuns: () => {},
    currentTrace: () => "",
    ask: (request) => {
      asked.push(request.kind === "stream" ? request.value : request.kind);
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  const answerAll = (outcome: ActionOutcome = stored): void => {
    for (const answer of answers.splice(0)) answer(outcome);
  };
  return { streams, asked, answerAll };
}

test("a writer waits while a thousand values are on their way, and goes on when they are stored", async () => {
  const { streams, asked, answerAll } = open();
  let read = 0;
  function* source(): Generator<number> {
    for (; read < 2_500; read += 1) yield read;
  }
  const piped = streams.open("s").pipe(source());
  await nextTurn();
  expect([asked.length, read]).toEqual([1_000, 999]);
  answerAll();
  await nextTurn();
  expect(asked.length).toBe(2_000);
  answerAll();
  await nextTurn();
  answerAll();
  await piped;
  expect(asked).toEqual(Array.from({ length: 2_500 }, (_, index) => String(index)));
});

test("values keep their order though their schema needs time, and one that does not fit is refused alone", async () => {
  const { streams, asked, answerAll } = open();
  const slow = z.string().transform(async (text) => {
    for (let turn = 0; turn < (text === "first" ? 5 : 0); turn += 1) await nextTurn();
    return text.toUpperCase();
  });
  const stream = streams.open("s", slow);
  const written = Promise.allSettled([stream.write("first"), stream.write(1 as never), stream.write("last")]);
  const [, wrong] = await written;
  expect(wrong).toMatchObject({ status: "rejected", reason: { code: "INVALID_INPUT" } });
  expect(asked).toEqual(['"FIRST"', '"LAST"']);
  answerAll();
  await streams.stored();
});

test("a value that the platform refuses fails what follows, and the attempt", async () => {
  const { streams, answerAll } = open();
  const stream = streams.open("s");
  await stream.write(1);
  answerAll(full);
  await expect(streams.stored()).rejects.toMatchObject({ code: "STREAM_LIMIT", message: "It is full." });
  await expect(stream.write(2)).rejects.toMatchObject({ code: "STREAM_LIMIT" });
  // The code was told, and may go on without the stream.
  await streams.stored();
});

test("values are those of the moment at which they are written, and only JSON", async () => {
  const { streams, asked, answerAll } = open();
  const stream = streams.open("s");
  const value = { count: 1 };
  const written = stream.write(value);
  value.count = 2;
  await written;
  expect(asked).toEqual(['{"count":1}']);
  answerAll();
  await expect(stream.write(1n)).rejects.toThrow("A value of the stream 's' cannot be written as JSON.");
  await expect(stream.write(undefined)).rejects.toThrow("it is undefined");
  expect(() => streams.open("a/b")).toThrow(AppEnvError);
});
