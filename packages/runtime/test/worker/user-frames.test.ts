import { expect, test } from "vitest";
import { userFrames } from "../../src/worker/user-frames.ts";

const core = new URL("../../../core/src/task/calls/current-run-context.ts", import.meta.url).pathname;

test("a function of a bundle, which has two frames, is shown once", () => {
  const lines = [
    "Error: here",
    "    at run (/project/lib.ts:5:59)",
    `    at file://${core}:45:68`,
    "    at AsyncLocalStorage.run (node:internal/async_local_storage/async_context_frame:65:14)",
    `    at branchAt (file://${core}:45:46)`,
    "    at run (/project/lib.ts:5:36)",
    "    at fails (/project/lib.ts:6:16)",
    "    at async fails (/project/lib.ts:2:33)",
    "    at async <anonymous> (/project/app.ts:7:7)",
    "    at async <anonymous> (/project/app.ts:6:21)",
    "    at async Promise.all (index 0)",
    "    at async again (/project/app.ts:5:10)",
    "    at async again (/project/app.ts:3:32)",
    "    at async again (/project/app.ts:5:10)",
    "    at async again (/project/app.ts:3:32)",
  ];
  expect(userFrames(lines)).toEqual([
    "Error: here",
    "    at run (/project/lib.ts:5:59)",
    "    at fails (/project/lib.ts:6:16)",
    "    at async <anonymous> (/project/app.ts:7:7)",
    "    at async Promise.all (index 0)",
    "    at async again (/project/app.ts:5:10)",
    "    at async again (/project/app.ts:5:10)",
  ]);
});
