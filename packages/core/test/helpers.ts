import { expect } from "vitest";
import { AppEnvError, type ErrorCode } from "../src/index.ts";

/** Runs what must throw an AppEnvError of this code, and checks that its message has all these parts. */
export function expectError(run: () => unknown, code: ErrorCode, ...parts: readonly string[]): AppEnvError {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  if (!AppEnvError.is(thrown)) throw new Error(`expected ${code}, got ${String(thrown)}`);
  expect(thrown.code).toBe(code);
  for (const part of parts) expect(thrown.message).toContain(part);
  expect(thrown.fix).not.toBe("");
  return thrown;
}
