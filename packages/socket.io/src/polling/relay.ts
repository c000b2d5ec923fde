import type { ClientRequest, IncomingMessage, Server, ServerResponse } from "node:http";
import { duplexPair } from "node:stream";
import type { Backplane, Unsubscribe } from "@appenv/core";
import { decode, encode } from "../cluster/codec.ts";
import { http } from "../node-http.ts";

/** The time within which the replica of a session must say that it is there. */
const takeMs = 3_000;

/** A message between replicas, on the topic of its receiver. */
type RelayMessage =
  | {
      readonly type: "request";
      readonly id: string;
      readonly from: string;
      readonly method: string;
      readonly url: string;
      readonly headers: readonly string[];
      readonly body: Buffer;
    }
  /** It is there, and the answer will come. */
  | { readonly type: "taken"; readonly id: string }
  | Answer
  /** The client went away. */
  | { readonly type: "gone"; readonly id: string };

interface Answer {
  readonly type: "answer";
  readonly id: string;
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

interface Waiting {
  readonly taken: () => void;
  readonly answered: (answer: Answer | undefined) => void;
}

/**
 * Passes long-polling requests on to the replica that has their session, over the backplane. Replicas share a listening
 * socket, so the requests of one session may reach any of them.
 */
export class PollingRelay {
  readonly #replica: string;
  readonly #backplane: Backplane;
  readonly #server: Server;
  readonly #waiting: Map<string, Waiting> = new Map();
  readonly #serving: Map<string, ClientRequest> = new Map();
  #unsubscribe: Unsubscribe | undefined;
  #calls = 0;

  /** @param server - Answers what other replicas pass on. It need not listen. */
  constructor(replica: string, backplane: Backplane, server: Server) {
    this.#replica = replica;
    this.#backplane = backplane;
    this.#server = server;
  }

  async start(): Promise<void> {
    this.#unsubscribe = await this.#backplane.subscribe(topicOf(this.#replica), ({ payload }) =>
      this.#receive(decode(payload) as RelayMessage),
    );
  }

  /** Lets another replica answer. Resolves with false if that replica is not there; then nothing was sent. */
  async pass(replica: string, request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<boolean> {
    const id = `${this.#replica}.${(this.#calls += 1)}`;
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const deadline = setTimeout(() => resolve(undefined), takeMs);
    this.#waiting.set(id, { taken: () => clearTimeout(deadline), answered: resolve });
    const onClose = (): void => {
      resolve(undefined);
      this.#say(replica, { type: "gone", id });
    };
    response.once("close", onClose);
    const { method = "GET", url = "/", rawHeaders } = request;
    this.#say(replica, { type: "request", id, from: this.#replica, method, url, headers: endToEnd(rawHeaders), body });
    const answer = await promise;
    clearTimeout(deadline);
    this.#waiting.delete(id);
    response.off("close", onClose);
    if (response.destroyed) return true;
    if (answer === undefined) return false;
    response.writeHead(answer.status, [...answer.headers, "Content-Length", String(answer.body.length)]);
    response.end(answer.body);
    return true;
  }

  async close(): Promise<void> {
    for (const { answered } of this.#waiting.values()) answered(undefined);
    for (const request of this.#serving.values()) request.destroy();
    await this.#unsubscribe?.();
  }

  #receive(message: RelayMessage): void {
    switch (message.type) {
      case "request":
        return this.#serve(message);
      case "taken":
        return this.#waiting.get(message.id)?.taken();
      case "answer":
        return this.#waiting.get(message.id)?.answered(message);
      case "gone":
        this.#serving.get(message.id)?.destroy();
    }
  }

  /** Asks the own server as a client would, through a connection within the process. */
  #serve({ id, from, method, url, headers, body }: Extract<RelayMessage, { type: "request" }>): void {
    this.#say(from, { type: "taken", id });
    const [near, far] = duplexPair();
    this.#server.emit("connection", far);
    const request = http.request({ createConnection: () => near as never, method, path: url, headers });
    this.#serving.set(id, request);
    request.once("response", (response) => void this.#answer(id, from, response));
    request.once("close", () => this.#serving.delete(id));
    request.once("error", () => far.destroy());
    request.end(body);
  }

  async #answer(id: string, from: string, response: IncomingMessage): Promise<void> {
    const { statusCode: status = 502, rawHeaders } = response;
    try {
      const body = Buffer.concat(await response.toArray());
      this.#say(from, { type: "answer", id, status, headers: endToEnd(rawHeaders), body });
    } catch {
      // The client went away, or this replica ends.
    }
  }

  #say(replica: string, message: RelayMessage): void {
    void this.#backplane.publish(topicOf(replica), encode(message)).catch(() => {});
  }
}

function topicOf(replica: string): string {
  return `socket.io-relay:${replica}`;
}

const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date", "expect"]);

/** The headers that concern the two ends and not one connection, as names and values in turn. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => !hopByHop.has((rawHeaders[index - (index % 2)] ?? "").toLowerCase()));
}
