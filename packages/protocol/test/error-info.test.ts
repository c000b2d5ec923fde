import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { expect, test } from "vitest";
import { ErrorInfo_Kind, ErrorInfoSchema, errorPartsOf, withErrorParts } from "../src/tasks/index.ts";
import { reviveError, type ThrownError } from "../src/values/index.ts";

test("Flyte's message carries what it has no field for, and reads the same without it", () => {
  const parts = { code: "TypeError", message: "no", thrown: [{ name: "TypeError", message: "no", at: "a.ts:1:2" }] };
  const info = withErrorParts(
    { message: "TypeError: no (a.ts:1:2)", code: "TypeError", kind: ErrorInfo_Kind.USER },
    parts,
  );
  const read = fromBinary(ErrorInfoSchema, toBinary(ErrorInfoSchema, info));
  expect(errorPartsOf(read)).toEqual(parts);
  expect(read).toMatchObject({ message: "TypeError: no (a.ts:1:2)", kind: ErrorInfo_Kind.USER });
  expect(errorPartsOf(create(ErrorInfoSchema, { message: "of another platform" }))).toBeUndefined();
});

test("an error is revived with its causes, its errors and its own properties", () => {
  const list: ThrownError[] = [
    { name: "AppEnvError", message: "outer", code: "TASK_FAILED", fix: "Do this.", cause: 1 },
    { name: "AggregateError", message: "all", errors: [2, 3], status: 502, at: "a.ts:1:2" },
    { name: "RangeError", message: "one", code: "E_ONE" },
    { message: "a text" },
  ];
  const error = reviveError(list) as AppEnvError;
  expect(AppEnvError.is(error, "TASK_FAILED") && error.fix).toBe("Do this.");
  const cause = error.cause as AggregateError;
  expect(cause).toMatchObject({ name: "AggregateError", message: "all", status: 502 });
  expect(cause.errors).toMatchObject([{ name: "RangeError", code: "E_ONE" }, "a text"]);
  expect(cause.stack).toBe("AggregateError: all\n    at a.ts:1:2");
  expect(reviveError([{ message: "just thrown" }])).toMatchObject({ name: "Error", message: "just thrown" });
  // Errors from elsewhere may refer to any place.
  expect(reviveError([{ name: "Error", message: "own", cause: 0, errors: [0, 7] }])).toMatchObject({ message: "own" });
});
