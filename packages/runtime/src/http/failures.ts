import type { ServerResponse } from "node:http";
import { report } from "../replica/app/report.ts";
import { problem, sendProblem, type Problem, type ProblemHeaders } from "./problem.ts";

/** The answer while an issuer's keys cannot be had. */
export const authUnavailable: Problem = problem(503, "AUTH_UNAVAILABLE", "The token cannot be checked at the moment.");

/** Tells clients when to try again. */
export const retrySoon: ProblemHeaders = { "Retry-After": "5" };

/** Answers a request whose listener threw. */
export function failed(response: ServerResponse, error: unknown): void {
  report("the app threw while it answered a request", error);
  if (response.headersSent) response.destroy();
  else sendProblem(response, problem(500, "INTERNAL", "The app failed to answer this request."));
}

/** Reports tokens that could not be checked. All requests that wait for the same answer of an issuer get the same error. */
export class TokenErrors {
  #reported: unknown;

  /** Reports an error once. */
  report(error: unknown): void {
    if (this.#reported === error) return;
    this.#reported = error;
    report(`a token could not be checked: ${error instanceof Error ? error.message : String(error)}`);
  }
}
