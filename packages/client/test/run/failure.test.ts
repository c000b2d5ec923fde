import { create } from "@bufbuild/protobuf";
import { AppEnvError, type RunPhase } from "@appenv/core";
import { ActionDetailsSchema, ErrorInfo_Kind } from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import { readFailure, runError } from "../../src/run/failure.ts";

function failed(message: string, kind = ErrorInfo_Kind.USER) {
  const details = create(ActionDetailsSchema, { result: { case: "errorInfo", value: { message, kind } } });
  return readFailure("FAILED", details.result);
}

describe("why an action did not succeed", () => {
  test.each([
    ["TypeError: x is not a function", "TypeError", "x is not a function"],
    ["[WORKER_LOST] The process ended.\nSo it did.", "WORKER_LOST", "The process ended.\nSo it did."],
    ["no colon at all", "", "no colon at all"],
    ["two words: and more", "", "two words: and more"],
    ["", "", ""],
  ])("%j", (text, code, message) => expect(failed(text)).toEqual({ kind: "USER", code, message }));

  test("is known of aborted ones, and of failed ones without a reason", () => {
    const details = create(ActionDetailsSchema, { result: { case: "abortInfo", value: { reason: "enough" } } });
    expect(readFailure("ABORTED", details.result)).toMatchObject({ code: "ABORTED", message: "enough" });
    expect(readFailure("FAILED", { case: undefined })).toMatchObject({ kind: "SYSTEM" });
    expect(readFailure("SUCCEEDED", { case: undefined })).toBeUndefined();
  });
});

describe("the error of a run", () => {
  test("is TASK_FAILED, and the task's own error its cause", () => {
    const error = runError("r1", "FAILED", failed("TypeError: x is not a function"));
    expect([error.code, error.message]).toEqual(["TASK_FAILED", "The run 'r1' failed: TypeError: x is not a function"]);
    expect(error.fix).toContain("appenv logs run r1");
    expect(error.cause).toMatchObject({ name: "TypeError", message: "x is not a function" });
    expect((error.cause as Error).stack).not.toContain("    at ");
  });

  test("has an error of the catalogue as its cause, with its advice", () => {
    const error = runError("r1", "FAILED", failed("[WORKER_LOST] The process ended."));
    expect(error.message).toBe("The run 'r1' failed: The process ended.");
    expect(AppEnvError.is(error.cause, "WORKER_LOST") && error.fix === error.cause.fix).toBe(true);
  });

  test.each<[RunPhase, string, string]>([
    ["ABORTED", "ABORTED", "The run 'r1' was aborted: enough."],
    ["TIMED_OUT", "TIMED_OUT", "The run 'r1' ran out of time: enough."],
  ])("is %s", (phase, code, message) => {
    const error = runError("r1", phase, { kind: "USER", code: "", message: "enough." });
    expect([error.code, error.message]).toEqual([code, message]);
  });
});
