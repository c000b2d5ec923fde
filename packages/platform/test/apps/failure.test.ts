import { AppEnvError } from "@appenv/core";
import { expect, it } from "vitest";
import { failureOf, statusText } from "../../src/apps/failure.ts";

it("the status of an app has the code in front, and a fix of its own on the last line", () => {
  const message = "Revision 1 goes on serving.";
  const usual = failureOf(new AppEnvError("CRASH_LOOP", "It exited with code 3."));
  const own = failureOf(new AppEnvError("CRASH_LOOP", "It exited with code 3.", { fix: "Give it a key." }));
  expect(statusText({ message })).toBe(message);
  expect(statusText({ message: "", failure: usual })).toBe("[CRASH_LOOP] It exited with code 3.");
  expect(statusText({ message, failure: own })).toBe(
    "[CRASH_LOOP] It exited with code 3. Revision 1 goes on serving.\nFix: Give it a key.",
  );
});
