import type { IncomingMessage } from "node:http";
import type { RunId } from "@appenv/protocol";
import { LinkSigner } from "../../secrets/link-signer.ts";
import { publicUrl } from "../public-url.ts";
import { livePathOf } from "./live-path.ts";

/** Begins every token that reads a run. */
const prefix = "art_";

/** The run that a token reads. */
export interface ReadableRun {
  readonly id: RunId;
  /** The time of its creation, in milliseconds since 1970: a later run may have its name. */
  readonly createdAt: number;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Makes and reads the tokens with which pages of any origin read one run. */
export class ReadTokens {
  readonly #signer: LinkSigner;
  /** The URL of the API. */
  readonly endpoint: string;
  readonly #now: () => number;

  constructor(home: string, endpoint: string, now: () => number = Date.now) {
    this.#signer = new LinkSigner(home, "read token");
    this.endpoint = endpoint;
    this.#now = now;
  }

  /** @throws AppEnvError SECRET_UNREADABLE, DISK_FULL, STATE_UNWRITABLE. */
  issue(id: RunId, createdAt: Date, seconds: number): { token: string; url: string; expiresAt: Date } {
    const { project, domain, run } = id;
    const end = Math.ceil(this.#now() / 1_000) + seconds;
    const token = `${prefix}${this.#signer.sign([project, domain, run, createdAt.getTime(), end])}`;
    return { token, url: `${publicUrl(this.endpoint)}${livePathOf(id)}`, expiresAt: new Date(end * 1_000) };
  }

  /** The run that a token reads; undefined if its time is over, or it was not made here. */
  read(token: string): ReadableRun | undefined {
    if (!token.startsWith(prefix)) return undefined;
    const parts = this.#signer.read(token.slice(prefix.length)) as [string, string, string, number, number] | undefined;
    if (parts === undefined) return undefined;
    const [project, domain, run, createdAt, end] = parts;
    const expiresAt = end * 1_000;
    return expiresAt <= this.#now() ? undefined : { id: { project, domain, run }, createdAt, expiresAt };
  }
}

/**
 * Takes the token that reads a run out of a request, from its header or from `?token=`, so that nothing that is said about the
 * request says it. Undefined if the request has none: then it may have another credential.
 */
export function takeReadToken(request: IncomingMessage): string | undefined {
  const [path = "", search = ""] = (request.url ?? "").split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const inQuery = query.get("token") ?? undefined;
  if (inQuery !== undefined) {
    query.delete("token");
    request.url = query.size === 0 ? path : `${path}?${query}`;
  }
  const [, inHeader] = /^bearer (art_.*)$/is.exec(request.headers.authorization ?? "") ?? [];
  if (inHeader !== undefined) delete request.headers.authorization;
  return inHeader ?? inQuery;
}
