import { expect, onTestFinished, test, vi } from "vitest";
import { reading } from "../src/output/reading.ts";

test("a file that takes its time to be read is named again, until it is", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const said: string[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  const read = reading(
    "app.ts",
    (text) => said.push(text),
    () => promise,
  );
  await vi.advanceTimersByTimeAsync(25_000);
  resolve("read");
  expect(await read).toBe("read");
  await vi.advanceTimersByTimeAsync(25_000);
  expect(said).toEqual(["Reading app.ts ...", "Reading app.ts, for 10 s now ...", "Reading app.ts, for 20 s now ..."]);
});
