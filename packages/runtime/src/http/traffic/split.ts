import type { IncomingMessage, ServerResponse } from "node:http";
import type { TrafficSplit } from "../../ipc/replica-messages.ts";
import { createProxy, type Proxy } from "./proxy.ts";

/** Tells which revision answered; sent only while several serve. */
export const revisionHeader: string = "appenv-revision";

/** Who answers a request instead. */
export interface Choice {
  readonly proxy: Proxy;
  /** For the response, name and value by turns. */
  readonly headers: readonly string[];
}

const cookieName = "appenv-traffic";
/** Clients are put into so many buckets; a share of one percent is a hundred of them. */
const buckets = 10_000;
const monthSeconds = 2_592_000;

/**
 * Shares requests out between the revisions of an app. A client has a bucket, not a revision: shares are laid one behind
 * the other over the buckets, so that who is with a revision stays with it as its share grows.
 */
export class Split {
  readonly #split: TrafficSplit;
  readonly #proxies: Map<number, Proxy>;

  /** @param before - Whose connections go on being used. */
  constructor(split: TrafficSplit, before?: Split) {
    this.#split = split;
    const known = before === undefined ? undefined : before.#proxies;
    const ports = split.shares.flatMap(({ port }) => port ?? []);
    this.#proxies = new Map(ports.map((port) => [port, known?.get(port) ?? createProxy(port)]));
  }

  /** Resolves when the revisions that `next` does not have any more have begun to answer all they were sent. */
  async settledWithout(next: Split | undefined): Promise<void> {
    const kept = new Set(next === undefined ? [] : next.#proxies.values());
    const left = [...this.#proxies.values()].filter((proxy) => !kept.has(proxy));
    await Promise.all(left.map((proxy) => proxy.settled()));
  }

  /** Who answers a request; undefined: this replica does, and `response` has been given the headers that belong to it. */
  choose(request: IncomingMessage, response?: ServerResponse): Choice | undefined {
    const known = this.#bucketOf(request);
    const bucket = known ?? Math.floor(Math.random() * buckets);
    const { revision, port } = this.#shareOf(bucket);
    const headers = [revisionHeader, String(revision), ...this.#cookie(known, bucket)];
    const proxy = port === undefined ? undefined : this.#proxies.get(port);
    if (proxy !== undefined) return { proxy, headers };
    for (let index = 0; index < headers.length; index += 2) {
      response?.appendHeader(headers[index] ?? "", headers[index + 1] ?? "");
    }
    return undefined;
  }

  #shareOf(bucket: number): { readonly revision: number; readonly port?: number } {
    let edge = 0;
    for (const share of this.#split.shares) {
      edge += (share.percent * buckets) / 100;
      if (bucket < edge) return share;
    }
    return { revision: this.#split.own };
  }

  #bucketOf({ headers }: IncomingMessage): number | undefined {
    const { sticky } = this.#split;
    if (sticky === "none") return undefined;
    if (sticky === "cookie") return readCookie(headers.cookie);
    const value = headers[sticky.header];
    return value === undefined ? undefined : hash(String(value)) % buckets;
  }

  #cookie(known: number | undefined, bucket: number): readonly string[] {
    if (this.#split.sticky !== "cookie" || known !== undefined) return [];
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
