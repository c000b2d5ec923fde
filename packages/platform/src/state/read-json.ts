import { corrupted } from "@appenv-internal/state/inspect";

/** What a column holds as JSON. @throws AppEnvError STATE_CORRUPTED naming `what`. */
export function readJson(json: unknown, what: string, file: string): unknown {
  try {
    return JSON.parse(String(json)) as unknown;
  } catch (error) {
    throw corrupted(file, `${what} is no JSON`, error);
  }
}
