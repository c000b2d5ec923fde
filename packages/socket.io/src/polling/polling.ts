import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Backplane } from "@appenv/core";
import { sendProblem } from "@appenv-internal/http/problem";
import { readBody } from "@appenv-internal/http/read-body";
import type { Server } from "socket.io";
import { draining, tooLarge } from "../refusals.ts";
import { optionsOf } from "../server-options.ts";
import { PollingRelay } from "./relay.ts";

/** Socket.IO's own limit of a message. */
const defaultBytes = 1_000_000;

/** Long-polling: keeps a session with its replica, and ends it when the replica stops. */
export class Polling {
  readonly #io: Server;
  readonly #server: HttpServer;
  readonly #replica: string = replicaName();
  #relay: PollingRelay | undefined;
  #stopping = false;

  /** @param server - What Socket.IO is attached to. */
  constructor(io: Server, server: HttpServer) {
    this.#io = io;
    this.#server = server;
  }

  async start(backplane: Backplane): Promise<void> {
    // Without other replicas there is nobody else to have a session.
    if (backplane.name === "process") return;
    nameSessions(this.#io.engine as never, this.#replica);
    this.#relay = new PollingRelay(this.#replica, backplane, this.#server);
    await this.#relay.start();
  }

  /** Answers a request for Socket.IO. */
  request(request: IncomingMessage, response: ServerResponse): void {
    const session = sessionOf(request);
    if (session === undefined && this.#stopping && isHandshake(request)) return sendProblem(response, draining());
    const replica = session === undefined ? undefined : replicaOf(session);
    if (replica === undefined || replica === this.#replica || this.#relay === undefined) {
      this.#server.emit("request", request, response);
    } else void this.#pass(this.#relay, replica, request, response);
  }

  /** Takes no new sessions any more. */
  stop(): void {
    this.#stopping = true;
  }

  /** Ends the sessions in the way a client understands: it connects again, after a while of its own choice. */
  end(): void {
    const clients = Object.values((this.#io.engine as unknown as EngineSessions).clients);
    for (const client of clients) if (client.transport.name === "polling") client.close();
  }

  async close(): Promise<void> {
    await this.#relay?.close();
  }

  async #pass(relay: PollingRelay, replica: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const bytes = optionsOf(this.#io).maxHttpBufferSize ?? defaultBytes;
      const { body, failure } = await readBody(request, { bytes });
      if (failure === "too-large") return sendProblem(response, tooLarge(bytes), { Connection: "close" });
      if (failure !== undefined) return void response.destroy();
      // The engine here does not know the session and says so: the client connects again.
      if (!(await relay.pass(replica, request, response, body))) this.#server.emit("request", request, response);
    } catch {
      response.destroy();
    }
  }
}

/** As much of Engine.IO's server as is used. */
interface EngineSessions {
  readonly clients: Readonly<Record<string, { readonly transport: { readonly name: string }; close(): void }>>;
}

function isHandshake({ url = "" }: IncomingMessage): boolean {
  return url.includes("transport=polling");
}

/** The method by which an engine makes ids; Engine.IO documents it as a method to replace. */
interface MakesIds {
  generateId(request: IncomingMessage): unknown;
}

/** A name for a replica: 8 characters. */
function replicaName(): string {
  return randomBytes(6).toString("base64url");
}

/** Makes the ids of an engine's sessions begin with the replica that has them. */
function nameSessions(engine: MakesIds, replica: string): void {
  const generate = engine.generateId.bind(engine);
  engine.generateId = async (request) => `${replica}.${String(await generate(request))}`;
}

/** The session a request belongs to; undefined for one that opens a session. */
function sessionOf({ url = "" }: IncomingMessage): string | undefined {
  const query = url.indexOf("?");
  if (query < 0) return undefined;
  return new URLSearchParams(url.slice(query)).get("sid") ?? undefined;
}

/** The replica that has a session; undefined for an id that names none. */
function replicaOf(session: string): string | undefined {
  return /^([\w-]{8})\./.exec(session)?.[1];
}
