import { AppEnvError } from "@appenv/core";
import { expect } from "vitest";

/** Resolves with what the action gives where the ability is there; elsewhere expects that it is refused, and gives nothing. */
export async function whenAble<T>(
  isAble: boolean,
  action: () => Promise<T>,
  code = "UNSUPPORTED",
): Promise<T | undefined> {
  if (isAble) return action();
  expect(await codeOf(action())).toBe(code);
  return undefined;
}

/** The code that a promise is rejected with; undefined if it is kept. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (AppEnvError.is(error)) return error.code;
    throw error;
  }
}
