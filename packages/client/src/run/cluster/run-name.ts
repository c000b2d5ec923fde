import { createHash, randomInt } from "node:crypto";

/** Characters of a made-up name: no vowels, so that none makes a word. The backend's own names have these too. */
const characters = "bcdfghjklmnpqrstvwxz2456789";

/** A name for a run that is asked for without one. */
export function madeUpName(): string {
  return `r${Array.from({ length: 19 }, () => characters[randomInt(characters.length)]).join("")}`;
}

/** The name of the run that an idempotency key has in a project and domain. */
export function nameOfKey(project: string, domain: string, key: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([project, domain, key]))
    .digest();
  return `k${[...hash.subarray(0, 29)].map((byte) => characters[byte % characters.length]).join("")}`;
}
