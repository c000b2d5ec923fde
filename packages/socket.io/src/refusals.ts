import { problem, type Problem } from "@appenv-internal/http/problem";

/** The answer to new sessions while the app stops. */
export function draining(): Problem {
  return problem(503, "DRAINING", "This replica is stopping; connect again.");
}

/** The answer to requests and upgrades that nobody takes. */
export function notFound(): Problem {
  return problem(404, "NOT_FOUND", "There is nothing at this path.");
}

/** The answer to a message above Socket.IO's own limit. */
export function tooLarge(bytes: number): Problem {
  return problem(413, "BODY_TOO_LARGE", `A message may have at most ${bytes} bytes here.`);
}
