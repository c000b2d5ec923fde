import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReplicaTraffic } from "../../ipc/replica-messages.ts";
import { createProxy, type Proxy } from "./proxy.ts";

/** The header that names the revision of an answer; sent only while several serve. */
export const revisionHeader: string = "appenv-revision";

/** Another revision that answers a request. */
export interface OtherRevision {
  readonly proxy: Proxy;
  /** Headers for the response, name and value by turns. */
  readonly headers: readonly string[];
}

const cookieName = "appenv-traffic";
/** Number of buckets that clients are put into; a weight of 1 is a hundred of them. */
const buckets = 10_000;
const monthSeconds = 2_592_000;

/**
 * Routes requests between the revisions of an app by their weights. A client has a bucket, not a revision: the weights
 * are laid one behind the other over the buckets, so that a client stays with its revision while that weight grows.
 */
export class Traffic {
  readonly #rules: ReplicaTraffic;
  readonly #proxies: Map<number, Proxy>;

  /** @param before - The traffic until now, whose connections are used further. */
  constructor(rules: ReplicaTraffic, before?: Traffic) {
    this.#rules = rules;
    const known = before === undefined ? undefined : before.#proxies;
    const ports = rules.weights.flatMap(({ port }) => port ?? []);
    this.#proxies = new Map(ports.map((port) => [port, known?.get(port) ?? createProxy(port)]));
  }

  /** Resolves when the revisions that are not in `next` have begun to answer every request they were sent. */
  async settledWithout(next: Traffic | undefined): Promise<void> {
    const kept = new Set(next === undefined ? [] : next.#proxies.values());
    const left = [...this.#proxies.values()].filter((proxy) => !kept.has(proxy));
    await Promise.all(left.map((proxy) => proxy.settled()));
  }

  /** The revision that answers a request; undefined: that of this replica, whose headers `response` has been given. */
  choose(request: IncomingMessage, response?: ServerResponse): OtherRevision | undefined {
    const known = this.#bucketOf(request);
    const bucket = known ?? Math.floor(Math.random() * buckets);
    const { revision, port } = this.#revisionOf(bucket);
    const headers = [revisionHeader, String(revision), ...this.#cookie(known, bucket)];
    const proxy = port === undefined ? undefined : this.#proxies.get(port);
    if (proxy !== undefined) return { proxy, headers };
    for (let index = 0; index < headers.length; index += 2) {
      response?.appendHeader(headers[index] ?? "", headers[index + 1] ?? "");
    }
    return undefined;
  }

  #revisionOf(bucket: number): { readonly revision: number; readonly port?: number } {
    let edge = 0;
    for (const each of this.#rules.weights) {
      edge += (each.weight * buckets) / 100;
      if (bucket < edge) return each;
    }
    return { revision: this.#rules.own };
  }

  #bucketOf({ headers }: IncomingMessage): number | undefined {
    const { sticky } = this.#rules;
    if (sticky === "none") return undefined;
    if (sticky === "cookie") return readCookie(headers.cookie);
    const value = headers[sticky.header];
    return value === undefined ? undefined : hash(String(value)) % buckets;
  }

  #cookie(known: number | undefined, bucket: number): readonly string[] {
    if (this.#rules.sticky !== "cookie" || known !== undefined) return [];
    return ["set-cookie", `${cookieName}=${bucket}; Path=/; Max-Age=${monthSeconds}; HttpOnly; SameSite=Lax`];
  }
}

function readCookie(cookies: string | undefined): number | undefined {
  const found = cookies === undefined ? null : /(?:^|;\s*)appenv-traffic=(\d{1,4})(?:;|$)/.exec(cookies);
  return found === null ? undefined : Number(found[1]);
}

/** FNV-1a: the same client gets the same bucket in every replica. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
