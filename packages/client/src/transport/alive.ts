import { requestAt } from "../control-plane/request-at.ts";
import { isRefused, systemCode } from "./system-code.ts";

/** Tells whether anything answers at an endpoint, whatever it is. @param ms - Time that it gets, in milliseconds. */
export async function isAlive(endpoint: string, ms: number): Promise<boolean> {
  try {
    await requestAt(endpoint, "/healthz", {}, { bytes: 64 * 1024, ms });
    return true;
  } catch (error) {
    // A certificate that is not accepted is an answer, too.
    return !isRefused(error) && !isUnanswered(error);
  }
}

function isUnanswered(error: unknown): boolean {
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|ENOENT)$/.test(systemCode(error) ?? "")) return true;
  return error instanceof Error && (error.name === "TimeoutError" || error.message.includes("did not answer within"));
}
