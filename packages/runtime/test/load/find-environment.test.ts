import { AppEnvironment } from "@appenv/core";
import { expect, test } from "vitest";
import { findEnvironment, loadEnvironment } from "../../src/index.ts";

const one = new AppEnvironment({ name: "one" });
const two = new AppEnvironment({ name: "two" });

test("an environment is found by its name or its export, also as default and one level down", () => {
  expect(findEnvironment({ env: one, other: two }, "two", "app.ts")).toBe(two);
  expect(findEnvironment({ env: one, other: two }, "env", "app.ts")).toBe(one);
  expect(findEnvironment({ default: one }, "one", "app.ts")).toBe(one);
  expect(findEnvironment({ apps: { two }, list: [one] }, "one", "app.ts")).toBe(one);
  expect(findEnvironment({ apps: { two }, list: [one] }, "two", "app.ts")).toBe(two);
  expect(findEnvironment({ env: one, default: one, helper: () => 1, nothing: null }, undefined, "app.ts")).toBe(one);
});

test("errors list what is there", () => {
  expect(() => findEnvironment({ a: one, b: two }, "three", "app.ts")).toThrow(
    expect.objectContaining({ code: "NO_ENVIRONMENT", message: expect.stringContaining("'one', 'two'") }),
  );
  expect(() => findEnvironment({ a: one, b: two }, undefined, "app.ts")).toThrow(
    expect.objectContaining({ code: "AMBIGUOUS_ENVIRONMENT", message: expect.stringContaining("'one', 'two'") }),
  );
  expect(() => findEnvironment({ a: 1 }, undefined, "app.ts")).toThrow(
    expect.objectContaining({ code: "NO_ENVIRONMENT", message: expect.stringContaining("no app environment at all") }),
  );
});

test("an accessor of an exported object is not run", () => {
  const exported = {
    get env() {
      throw new Error("must not run");
    },
  };
  expect(findEnvironment({ exported, one }, "one", "app.ts")).toBe(one);
});

test("a missing file and a file that throws are told apart", async () => {
  await expect(loadEnvironment("/nowhere/app.ts", undefined)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  const throwing = new URL("../fixtures/throwing-app.ts", import.meta.url).pathname;
  await expect(loadEnvironment(throwing, undefined)).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringContaining("this app throws"),
  });
});
