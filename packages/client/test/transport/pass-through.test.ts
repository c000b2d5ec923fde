import { runInRequest } from "@appenv/core/internal";
import { expect, test } from "vitest";
import { runStream } from "../../src/run/streams.ts";
import type { Target } from "../../src/target/connect.ts";

test("runs that callers start go by no stream that others share", async () => {
  let asked = 0;
  const stream = (): Promise<never> => {
    asked += 1;
    return Promise.reject(new Error("no stream"));
  };
  const target = { embedded: true, endpoint: "http://localhost:7070", duplex: { stream } } as unknown as Target;
  const caller = { authorization: "Bearer of-caller" };
  expect(
    await runInRequest({ identity: undefined, trace: undefined, caller }, () => runStream(target)),
  ).toBeUndefined();
  expect(asked).toBe(0);
  expect(await runStream(target)).toBeUndefined();
  expect(asked).toBeGreaterThan(0);
});
