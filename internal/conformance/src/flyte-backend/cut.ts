import { createServer, request as requestOf, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex, Readable, Writable } from "node:stream";

/** A fault on the way between a client and a server. */
export type Fault =
  /** Cuts the connection before anything has reached the server. */
  | { readonly kind: "lost" }
  /**
   * Cuts the connection after the server has answered: once so many bytes of the body have passed. Without a number the
   * server does its whole work, and the client gets not even the head of the answer.
   */
  | { readonly kind: "cut"; readonly afterBytes?: number }
  /** Keeps the connection open in silence: from the start, the server getting nothing, or after so many bytes of the body. */
  | { readonly kind: "stalled"; readonly afterBytes?: number }
  /** Answers in the server's place, as a proxy does. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Passes the answer on after so many milliseconds. */
  | { readonly kind: "slow"; readonly ms: number };

/** A proxy in front of a server, that causes the faults it is told to. */
export interface Front {
  /** For example `http://127.0.0.1:8090`. */
  readonly endpoint: string;
  /** Requests so far, as `POST /flyteidl2.workflow.RunService/CreateRun`. */
  readonly requests: readonly string[];
  /** Lets the next request whose path contains this text meet a fault. Resolves when one has. */
  next(path: string, fault: Fault): Promise<void>;
  /** The same for all requests from now on, until the returned function is called. */
  always(path: string, fault: Fault): () => void;
  /** Cuts all connections, and refuses new ones: as a server that is killed. */
  down(): Promise<void>;
  /** Listens again, on the same port. */
  up(): Promise<void>;
  close(): Promise<void>;
}

interface Rule {
  readonly path: string;
  readonly fault: Fault;
  /** Called by the request that meets the fault; undefined for a rule that stays. */
  readonly met?: () => void;
}

/**
 * Starts a proxy on a free port, for plain HTTP and what upgrades from it. Requests without a fault pass as they are.
 *
 * @param target - The endpoint of the server; a function for one that may be elsewhere later.
 */
export async function startFront(target: string | (() => string)): Promise<Front> {
  const rules: Rule[] = [];
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const take = (path: string): Fault | undefined => {
    const index = rules.findIndex((rule) => path.includes(rule.path));
    const rule = rules[index];
    if (rule?.met !== undefined) rules.splice(index, 1);
    rule?.met?.();
    return rule?.fault;
  };
  const note = ({ method, url = "/" }: IncomingMessage): Fault | undefined => {
    requests.push(`${method} ${url}`);
    return take(url);
  };
  const targetUrl = (path = "/"): URL => new URL(path, typeof target === "string" ? target : target());
  const server = createServer((request, response) => pass(request, response, targetUrl(request.url), note(request)));
  server.on("upgrade", (request, socket: Duplex, head: Buffer) =>
    passSocket(request, socket, head, targetUrl(), note(request)),
  );
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve());
    });
  const down = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    next: (path, fault) => new Promise((met) => rules.unshift({ path, fault, met })),
    always: (path, fault) => {
      const rule: Rule = { path, fault };
      rules.push(rule);
      return () => void rules.splice(rules.indexOf(rule), 1);
    },
    down,
    up: () => listen(port),
    close: down,
  };
}

function pass(request: IncomingMessage, response: ServerResponse, url: URL, fault: Fault | undefined): void {
  if (fault?.kind === "lost") return void request.socket.destroy();
  if (fault?.kind === "answer") return void response.writeHead(fault.status, fault.headers).end(fault.body);
  if (fault?.kind === "stalled" && fault.afterBytes === undefined) return;
  const { method, headers } = request;
  const sent = requestOf(url, { ...(method === undefined ? {} : { method }), headers, agent: false }, (answer) => {
    if (fault?.kind === "cut" && fault.afterBytes === undefined) {
      answer.on("end", () => request.socket.destroy()).resume();
      return;
    }
    answer.on("error", () => response.destroy());
    const begin = (): void => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      response.flushHeaders();
      passBytes(answer, response, fault, () => request.socket.destroy());
    };
    if (fault?.kind === "slow") setTimeout(begin, fault.ms);
    else begin();
  });
  sent.on("error", () => request.socket.destroy());
  response.on("close", () => sent.destroy());
  request.pipe(sent);
}

/** After the handshake, bytes of both directions; a fault counts those of the server, its handshake included. */
function passSocket(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL, fault: Fault | undefined): void {
  socket.on("error", () => {});
  if (fault?.kind === "lost" || fault?.kind === "answer") return void socket.destroy();
  if (fault?.kind === "stalled" && fault.afterBytes === undefined) return;
  const upstream = connect(Number(url.port || 80), url.hostname);
  const lines = request.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join("");
  upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines}\r\n`);
  upstream.write(head);
  upstream.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  socket.on("close", () => upstream.destroy());
  socket.pipe(upstream);
  passBytes(upstream, socket, fault, () => socket.destroy());
}

/** Passes bytes on, up to the place of the fault. */
function passBytes(from: Readable, to: Writable, fault: Fault | undefined, cut: () => void): void {
  const limit = fault?.kind === "cut" || fault?.kind === "stalled" ? (fault.afterBytes ?? 0) : undefined;
  if (limit === undefined) return void from.pipe(to);
  let passed = 0;
  const end = (): void => {
    from.pause();
    if (fault?.kind === "cut") cut();
  };
  if (limit === 0) return void setImmediate(end);
  from.on("data", (chunk: Buffer) => {
    const rest = limit - passed;
    passed += chunk.length;
    if (passed < limit) to.write(chunk);
    else if (rest > 0) to.write(chunk.subarray(0, rest), end);
  });
  // A body that ends before the place of the fault is cut at its end.
  from.on("end", () => passed < limit && end());
}
