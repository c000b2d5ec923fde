import type { IncomingMessage } from "node:http";
import { ProblemError } from "./problem.ts";

/**
 * Refuses the WebSocket of a page of another origin: no browser holds it back, as it holds back what such a page fetches,
 * and it would come with the cookies of this one.
 *
 * @throws ProblemError
 */
export function checkOrigin({ headers: { origin, host = "" } }: IncomingMessage): void {
  if (origin === undefined) return;
  if (URL.canParse(origin) && new URL(origin).host === host.toLowerCase()) return;
  const [page, own] = [origin, host].map((text) => JSON.stringify(text.slice(0, 200)));
  const detail = `Pages of the origin ${page} may not connect: it takes those of the host it is reached at, here ${own}.`;
  throw new ProblemError(403, "ORIGIN_NOT_ALLOWED", detail);
}
