import { runInRequest } from "@appenv/core/internal";
import { expect, test } from "vitest";
import type { ControlPlane } from "../../src/control-plane/control-plane.ts";
import { runStream } from "../../src/run/run-stream.ts";

test("runs that callers start go by no stream that others share", async () => {
  let asked = 0;
  const stream = (): Promise<never> => {
    asked += 1;
    return Promise.reject(new Error("no stream"));
  };
  const controlPlane = {
    embedded: true,
    endpoint: "http://localhost:7070",
    duplex: { stream },
  } as unknown as ControlPlane;
  const caller = { authorization: "Bearer of-caller" };
  expect(
    await runInRequest({ identity: undefined, trace: undefined, caller }, () => runStream(controlPlane)),
  ).toBeUndefined();
  expect(asked).toBe(0);
  expect(await runStream(controlPlane)).toBeUndefined();
  expect(asked).toBeGreaterThan(0);
});
