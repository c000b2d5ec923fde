import { corrupted } from "@appenv-internal/state/inspect";

/** A column of JSON. @throws AppEnvError STATE_CORRUPTED naming `what`. */
export function readJson(json: unknown, what: string, file: string): unknown {
  try {
    return JSON.parse(String(json)) as unknown;
  } catch (error) {
    throw corrupted(file, `${what} is no JSON`, error);
  }
}
