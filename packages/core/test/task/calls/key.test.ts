import { test } from "vitest";
import { condition, TaskEnvironment, trace } from "../../../src/index.ts";
import { expectError } from "../../helpers.ts";
import { FakeRunContext } from "./fake-run-context.ts";

const env = new TaskEnvironment({ name: "keys" });
const child = env.task({ name: "child" }, () => undefined);

test.each(["", "x".repeat(201), 5])("%j is no key", async (key) => {
  const context = new FakeRunContext();
  for (const call of [
    () => child(undefined, { key: key as string }),
    () => condition({ name: "c", key: key as string }),
    () => trace({ name: "t", key: () => key as string }, () => 1)(),
    async () => trace({ name: "t", key: key as string }, () => 1),
  ]) {
    const error = await context.run(async () => call()).catch((thrown: unknown) => thrown);
    expectError(
      () => {
        throw error;
      },
      "INVALID_OPTION",
      "a text of at most 200 characters",
    );
  }
});
