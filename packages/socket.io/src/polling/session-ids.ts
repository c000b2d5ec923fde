import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** How an engine makes ids; Engine.IO documents it as a method to replace. */
interface MakesIds {
  generateId(request: IncomingMessage): unknown;
}

/** A name for a replica: 8 characters. */
export function replicaName(): string {
  return randomBytes(6).toString("base64url");
}

/** Makes the ids of an engine's sessions begin with the replica that has them. */
export function nameSessions(engine: MakesIds, replica: string): void {
  const generate = engine.generateId.bind(engine);
  engine.generateId = async (request) => `${replica}.${String(await generate(request))}`;
}

/** The session a request belongs to; undefined for one that opens a session. */
export function sessionOf({ url = "" }: IncomingMessage): string | undefined {
  const query = url.indexOf("?");
  if (query < 0) return undefined;
  return new URLSearchParams(url.slice(query)).get("sid") ?? undefined;
}

/** The replica that has a session; undefined for an id that names none. */
export function replicaOf(session: string): string | undefined {
  return /^([\w-]{8})\./.exec(session)?.[1];
}
