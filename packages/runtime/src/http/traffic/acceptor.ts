import type { Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { AppEnvError } from "@appenv/core";
import { report } from "../../replica/app/report.ts";

/** Where connections come from: an address, or a listening TCP handle that another process sent. */
export type AcceptFrom = { readonly port: number; readonly host: string } | { readonly handle: unknown };

/** Accepts connections for a server. Closing it leaves the connections open. */
export interface Acceptor {
  /** Resolves to the port it listens on, 0 for a handle that is not a TCP one; or rejects. */
  readonly listening: Promise<number>;
  /** Stops accepting; no connection arrives afterwards. */
  close(): void;
}

/**
 * Accepts connections and gives them to an http.Server. It is apart from that server so that accepting can stop and
 * start again while connections live on. `listening` rejects with AppEnvError PORT_IN_USE, or START_FAILED for an address
 * that cannot be bound.
 */
export function startAcceptor(server: HttpServer, from: AcceptFrom): Acceptor {
  // The options http.Server gives its own sockets.
  const acceptor = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    server.emit("connection", socket),
  );
  const { promise: listening, resolve, reject } = Promise.withResolvers<number>();
  const failed = (error: NodeJS.ErrnoException): void => reject(bindError(error, from));
  acceptor.once("error", failed);
  acceptor.once("listening", () => {
    acceptor.off("error", failed);
    acceptor.on("error", (error) => report("a connection could not be accepted", error));
    resolve(portOf(acceptor));
  });
  acceptor.listen("handle" in from ? from.handle : from);
  return {
    listening,
    close: () => {
      acceptor.close();
      resolve(0);
    },
  };
}

function portOf(acceptor: Server): number {
  const address = acceptor.address();
  return typeof address === "object" && address !== null ? (address as AddressInfo).port : 0;
}

function bindError(error: NodeJS.ErrnoException, from: AcceptFrom): AppEnvError {
  const where = "handle" in from ? "the handle of the platform" : `port ${from.port} of ${from.host}`;
  if (error.code === "EADDRINUSE") {
    return new AppEnvError("PORT_IN_USE", `Another process listens on ${where}.`, { cause: error });
  }
  return new AppEnvError("START_FAILED", `Cannot listen on ${where}: ${error.message}`, { cause: error });
}
