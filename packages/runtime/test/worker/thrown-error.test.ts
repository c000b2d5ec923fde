import { expect, test } from "vitest";
import { toThrownErrors } from "../../src/worker/thrown-error.ts";

const own = `    at mismatch (${import.meta.dirname.replace(/runtime.*/, "protocol/src/values/mismatch.ts")}:33:42)`;
const installed =
  "    at mismatch (file:///shop/node_modules/.pnpm/x/node_modules/@appenv/protocol/src/values/mismatch.ts:33:42)";
const node = "    at async node:internal/process/task_queues:105:5";
const driver = "    at Parser.parse (/shop/node_modules/pg-protocol/dist/parser.js:98:16)";
const user = "    at async charge (/shop/my tasks/order.ts:19:27)";

test.each([
  ["the user's own before a package's", [driver, node, user], "/shop/my tasks/order.ts:19:27"],
  ["a package's, if there is none", [node, installed, driver], "/shop/node_modules/pg-protocol/dist/parser.js:98:16"],
  ["none of AppEnv's and none of Node's", [own, installed, node], undefined],
])("the place of an error is %s", (_, lines, place) => {
  const stack = ["Error: no", ...lines].join("\n");
  const [thrown] = toThrownErrors(new Error("no"), { message: () => "no", stack: () => stack });
  expect(thrown?.at).toBe(place);
});
