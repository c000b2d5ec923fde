import { misdirectedStatus } from "@appenv/core/internal";
import { problem as problemOf, type Problem as AnyProblem, type ProblemHeaders } from "@appenv-internal/http/problem";

export { endWithProblem, problemType, sendProblem, type ProblemHeaders } from "@appenv-internal/http/problem";

/** The body of every error answer that the ingress itself makes. */
export type Problem = AnyProblem<ProblemCode>;

/** The codes of the ingress's own answers. */
export type ProblemCode =
  | "BAD_REQUEST"
  | "UNAUTHENTICATED"
  | "AUTH_UNAVAILABLE"
  | "BODY_TOO_LARGE"
  | "REQUEST_TIMEOUT"
  | "NOT_FOUND"
  | "MISDIRECTED"
  | "NO_UPGRADE"
  | "UPSTREAM_FAILED"
  | "UNHEALTHY"
  | "DRAINING"
  | "INTERNAL";

/** A problem of a status. */
export function problem(status: number, code: ProblemCode, detail: string): Problem {
  return problemOf(status, code, detail);
}

/** The answer to a request without an accepted credential; the same one whether it is missing or wrong. */
export const unauthenticated: Problem = problem(
  401,
  "UNAUTHENTICATED",
  "This app needs an API key: send `Authorization: Bearer KEY` or `x-api-key: KEY`.",
);

/** Tells clients how to authenticate. */
export const challenge: ProblemHeaders = { "WWW-Authenticate": "Bearer" };

/** The answer while an issuer's keys cannot be had. */
export const authUnavailable: Problem = problem(503, "AUTH_UNAVAILABLE", "The token cannot be checked at the moment.");

/** Tells clients when to try again. */
export const retrySoon: ProblemHeaders = { "Retry-After": "5" };

/** The answer to a request for another app. */
export const misdirected: Problem = problem(
  misdirectedStatus,
  "MISDIRECTED",
  "The request is for another app, which answered at this address before.",
);

/** The answer to an upgrade whose header Host is no host; frameworks make a URL of it. */
export const badHost: Problem = problem(400, "BAD_REQUEST", "The request's header Host is no host.");

/** The answer to an upgrade that neither an extension nor the app takes. */
export const noUpgrade: Problem = problem(
  404,
  "NO_UPGRADE",
  "This app takes no upgrades. A library that attaches to an http.Server is given one by `env.attach((server) => ...)`.",
);
