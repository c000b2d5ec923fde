import { AppEnvError } from "@appenv/core";
import { expect, test, vi } from "vitest";
import { reportError } from "../src/output/report-error.ts";

function reported(error: unknown, json: boolean): string {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    reportError(error, { json, verbose: false });
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}

const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", status: 502 });
const all = new AggregateError([refused, new RangeError("out of range")], "All promises were rejected");
const failed = new AppEnvError("TASK_FAILED", "The run 'r1' failed: AggregateError: All promises were rejected", {
  cause: all,
});

test("the causes of a run's failure are written, also several of one error", () => {
  const lines = reported(failed, false).split("\n");
  expect(lines.slice(1, 3)).toEqual(["  because: connect ECONNREFUSED", "  because: out of range"]);
});

test("as JSON with what programs tell it by", () => {
  expect(JSON.parse(reported(failed, true)).error).toEqual({
    code: "TASK_FAILED",
    message: failed.message,
    fix: failed.fix,
    cause: {
      name: "AggregateError",
      message: "All promises were rejected",
      errors: [
        { name: "Error", message: "connect ECONNREFUSED", code: "ECONNREFUSED", status: 502 },
        { name: "RangeError", message: "out of range" },
      ],
    },
  });
  const other = new AppEnvError("NOT_FOUND", "no", { cause: new Error("of no interest") });
  expect(JSON.parse(reported(other, true)).error).toEqual({ code: "NOT_FOUND", message: "no", fix: other.fix });
});
