import { onTestFinished } from "vitest";
import { reservePort } from "./port-reservation.ts";

/** A port that is the test's until it has finished, also while nothing listens on it because a platform was killed. */
export async function reservedPort(): Promise<number> {
  const { port, release } = await reservePort();
  onTestFinished(release);
  return port;
}
