import { expect, test } from "vitest";
import { AppEnvError, errorCatalogue, type ErrorEntry } from "../src/index.ts";
import { invalidOption } from "../src/internal.ts";

test("an error carries its code, the catalogue's fix and its cause", () => {
  const cause = new Error("why");
  const error = new AppEnvError("PORT_IN_USE", "Port 8080 is taken.", { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "AppEnvError", code: "PORT_IN_USE", message: "Port 8080 is taken.", cause });
  expect(error.fix).toBe(errorCatalogue.PORT_IN_USE.fix);
  expect(new AppEnvError("PORT_IN_USE", "", { fix: "Try 8081." }).fix).toBe("Try 8081.");
  expect("cause" in new AppEnvError("PORT_IN_USE", "")).toBe(false);
});

test("it is recognised across copies of the package, and by code", async () => {
  const copy = (await import("../src/errors/appenv-error.ts?copy" as string)) as { AppEnvError: typeof AppEnvError };
  const error = new copy.AppEnvError("NOT_FOUND", "No such app.");
  expect(error).not.toBeInstanceOf(AppEnvError);
  expect(AppEnvError.is(error)).toBe(true);
  expect(AppEnvError.is(error, "NOT_FOUND")).toBe(true);
  expect(AppEnvError.is(error, "PORT_IN_USE")).toBe(false);
});

test.each([undefined, null, "text", new Error("plain"), { code: "NOT_FOUND" }])("%s is none", (value) => {
  expect(AppEnvError.is(value)).toBe(false);
});

test("from keeps an AppEnvError and wraps anything else", () => {
  const error = new AppEnvError("NOT_FOUND", "No such app.");
  expect(AppEnvError.from(error, "CONTROL_PLANE")).toBe(error);
  const cause = new Error("refused");
  expect(AppEnvError.from(cause, "UNREACHABLE", "localhost")).toMatchObject({ message: "localhost: refused", cause });
  expect(AppEnvError.from("text", "UNREACHABLE").message).toBe("text");
});

test.each(Object.entries<ErrorEntry>(errorCatalogue))(
  "%s says in sentences when it happens and what to do",
  (code, entry) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(entry.when).toMatch(/^[A-Z].*\.$/);
    expect(entry.fix).toMatch(/^[A-Z].*\.$/);
  },
);

test.each([
  ["text", '"text"'],
  ["x".repeat(70), `"${"x".repeat(57)}..."`],
  [[1, "a"], '[1, "a"]'],
  [{ password: "hidden" }, "an object"],
  [new Map(), "a Map"],
  [new AggregateError([]), "an AggregateError"],
  [() => {}, "a function"],
  [null, "null"],
  [undefined, "undefined"],
  [5n, "5"],
])("a value in a message is short and never the inside of an object: %s", (value, shown) => {
  expect(invalidOption("port", value, "a number").message).toBe(`port is ${shown}, but must be a number.`);
});
