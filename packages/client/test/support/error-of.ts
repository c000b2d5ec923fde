import { AppEnvError } from "@appenv/core";

/** The AppEnvError a promise is rejected with; fails if there is none. */
export async function errorOf(promise: Promise<unknown>): Promise<AppEnvError> {
  try {
    await promise;
  } catch (error) {
    if (AppEnvError.is(error)) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}
