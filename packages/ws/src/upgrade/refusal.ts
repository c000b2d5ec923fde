import { problem, type Problem, type ProblemHeaders } from "@appenv-internal/http/problem";

/** The code of an upgrade's refusal, for programs. */
type RefusalCode =
  | "BAD_UPGRADE"
  | "DRAINING"
  | "INVALID_PARAMETERS"
  | "NOT_FOUND"
  | "ORIGIN_NOT_ALLOWED"
  | "UNAUTHENTICATED"
  | "UPGRADE_REQUIRED";

/** The answer to an upgrade that is not accepted. */
export interface Refusal {
  readonly problem: Problem<RefusalCode>;
  readonly headers?: ProblemHeaders;
}

/** A refusal of a status. */
export function refusal(status: number, code: RefusalCode, detail: string, headers: ProblemHeaders = {}): Refusal {
  return { problem: problem(status, code, detail), headers };
}

/** The refusal of every upgrade while the app stops. */
export function draining(): Refusal {
  return refusal(503, "DRAINING", "This replica is stopping; connect again.", { "Retry-After": "1" });
}

/** The refusal at a path without a socket. */
export function noSocket(path: string): Refusal {
  return refusal(404, "NOT_FOUND", `There is no socket at ${path}.`);
}

/** The answer to a plain request at the path of a socket. */
export function upgradeRequired(): Refusal {
  return refusal(426, "UPGRADE_REQUIRED", "This is a WebSocket: connect with a WebSocket client.", {
    Upgrade: "websocket",
  });
}

/** The refusal of a client that `authenticate` does not know. */
export function unauthenticated(): Refusal {
  return refusal(401, "UNAUTHENTICATED", "This socket needs credentials, and the request carried none, or wrong ones.");
}
