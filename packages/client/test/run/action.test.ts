import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ActionDetailsSchema, ActionSchema, type ActionDetails } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { hasSucceeded, isFinal, readAction } from "../../src/run/action.ts";

const ended = { endTime: timestampFromMs(1_000) };

function failed(message: string) {
  const result = { case: "errorInfo", value: { message, code: "OOM" } } as const;
  return readAction(create(ActionDetailsSchema, { status: { phase: 6 }, result })).failure;
}

function phaseOf(phase: number, status: object = {}, result: ActionDetails["result"] = { case: undefined }) {
  return readAction(create(ActionDetailsSchema, { status: { phase, ...status }, result })).phase;
}

/** An action whose status says RUNNING. */
function ofAttempts(attempts: readonly object[]) {
  return readAction(create(ActionDetailsSchema, { status: { phase: 4, attempts: 1 }, attempts: attempts as never }));
}

test("a result that was taken over from another run is final, and a success", () => {
  expect(phaseOf(10, ended)).toBe("RECOVERED");
  expect([isFinal("RECOVERED"), hasSucceeded("RECOVERED"), hasSucceeded("FAILED")]).toEqual([true, true, false]);
});

test("a phase that only newer control planes know is final once there is an end", () => {
  expect(phaseOf(99)).toBe("QUEUED");
  expect(phaseOf(99, ended)).toBe("SUCCEEDED");
  expect(phaseOf(99, ended, { case: "errorInfo", value: { message: "no" } as never })).toBe("FAILED");
  expect(phaseOf(99, ended, { case: "abortInfo", value: { reason: "no" } as never })).toBe("ABORTED");
  expect(readAction(create(ActionSchema, { status: { phase: 99 as number, ...ended } })).phase).toBe("SUCCEEDED");
});

test("an error's code is read where it stands alone, as other control planes send it", () => {
  expect(failed("Out of memory")).toMatchObject({ code: "OOM", message: "Out of memory" });
  expect(failed("[TIMED_OUT] Too long")).toMatchObject({ code: "TIMED_OUT", message: "Too long" });
});

test("the last attempt counts where the status does not know of its end yet", () => {
  const error = { code: "ValueError", message: "no" } as never;
  const late = ofAttempts([
    { attempt: 1, phase: 4 },
    { attempt: 2, phase: 6, errorInfo: error, endTime: timestampFromMs(2_000) },
  ]);
  expect(late).toMatchObject({
    phase: "FAILED",
    attempts: 2,
    failure: { code: "ValueError" },
    endedAt: new Date(2_000),
  });
  // An attempt that goes on may have had an error.
  expect(ofAttempts([{ attempt: 1, phase: 4, errorInfo: error }])).toMatchObject({
    phase: "RUNNING",
    failure: undefined,
  });
});
