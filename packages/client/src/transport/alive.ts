import { requestAt } from "../control-plane/request-at.ts";
import { isLate, isRefused, systemCode } from "./system-code.ts";

/** Tells whether anything answers at an endpoint, whatever it is. @param ms - Time that it gets, in milliseconds. */
export async function isAlive(endpoint: string, ms: number): Promise<boolean> {
  try {
    await requestAt(endpoint, "/healthz", {}, { bytes: 64 * 1024, ms });
    return true;
  } catch (error) {
    // A certificate that is not accepted is an answer, too.
    return !isRefused(error) && !isLate(error) && !isBroken(error);
  }
}

function isBroken(error: unknown): boolean {
  return /^(EHOSTUNREACH|ENETUNREACH|ECONNRESET|ENOENT)$/.test(systemCode(error) ?? "");
}
