import { unexpected } from "@appenv/core/internal";
import type { Namespace, Server, Socket } from "socket.io";
import { failedEvent } from "./refused-event.ts";

type Listener = (...args: unknown[]) => unknown;
type Failed = (error: unknown, args: readonly unknown[]) => void;

/** The parts of an event emitter that are needed, without the types of its events. */
type Emitter = Record<
  (typeof adding)[number] | (typeof removing)[number],
  (event: string, listener: Listener) => unknown
>;

const adding = ["on", "addListener", "prependListener"] as const;
const removing = ["off", "removeListener"] as const;

/**
 * Gives an owner to errors that the app's listeners and middlewares throw or reject with: Socket.IO calls
 * them in a turn of their own, where one event of one client would end the process. The error goes to stderr, a client
 * that waits for an acknowledgement gets one that says so, and the connection stays.
 */
export function ownErrors(io: Server): void {
  ownNamespace(io.sockets as unknown as Namespace);
  io.on("new_namespace", ownNamespace);
}

/** The same for a namespace of a pattern, whose listeners those of its names get. */
export function ownNamespace(namespace: Namespace): void {
  if (owned.has(namespace)) return;
  owned.add(namespace);
  const emitter = namespace as unknown as Emitter;
  ownListeners(
    emitter,
    (event) => (error) => unexpected(`a listener of '${event}' of ${namespace.name} failed`, error),
  );
  for (const event of ["connect", "connection"]) {
    for (const listener of (namespace as unknown as { listeners(event: string): Listener[] }).listeners(event)) {
      emitter.off(event, listener);
      emitter.on(event, listener);
    }
  }
  ownMiddlewares(namespace as unknown as WithMiddlewares, `a middleware of ${namespace.name}`);
  emitter.prependListener("connection", (socket) => ownSocket(socket as Socket));
}

const owned: WeakSet<object> = new WeakSet();

function ownSocket(socket: Socket): void {
  ownListeners(socket as unknown as Emitter, (event) => (error, args) => {
    unexpected(`the listener of '${event}' failed`, error);
    const acknowledge = args.at(-1);
    if (typeof acknowledge === "function") (acknowledge as Listener)(failedEvent(event));
  });
  ownMiddlewares(socket as unknown as WithMiddlewares, "a middleware of a socket");
}

function ownListeners(emitter: Emitter, failedOf: (event: string) => Failed): void {
  const wrapped = new WeakMap<Listener, Listener>();
  for (const name of adding) {
    const add = emitter[name];
    // `once` of Node comes here too, with a listener that knows the one it is for.
    emitter[name] = function addOwned(this: unknown, event, listener) {
      if (typeof listener !== "function") return add.call(this as Emitter, event, listener);
      const own = Object.assign(guarded(listener, failedOf(event)), { listener: inner(listener) });
      wrapped.set(listener, own);
      return add.call(this as Emitter, event, own);
    };
  }
  for (const name of removing) {
    const remove = emitter[name];
    emitter[name] = function removeOwned(this: unknown, event, listener) {
      return remove.call(this as Emitter, event, wrapped.get(listener) ?? listener);
    };
  }
}

function inner(listener: Listener): Listener {
  return (listener as { listener?: Listener }).listener ?? listener;
}

function guarded(listener: Listener, failed: Failed): Listener {
  return function own(this: unknown, ...args) {
    try {
      const result = Reflect.apply(listener, this, args);
      if (result instanceof Promise) result.catch((error: unknown) => failed(error, args));
    } catch (error) {
      failed(error, args);
    }
  };
}

type Middleware = (about: unknown, next: (error?: Error) => void) => unknown;

interface WithMiddlewares {
  use(middleware: Middleware): unknown;
}

function ownMiddlewares(part: WithMiddlewares, what: string): void {
  const { use } = part;
  part.use = function useOwned(middleware) {
    const own: Middleware = (about, next) => {
      const failed = (error: unknown): void => {
        unexpected(`${what} failed`, error);
        next(new Error("internal error"));
      };
      return guarded(middleware as Listener, failed)(about, next);
    };
    return use.call(this, typeof middleware === "function" ? own : middleware);
  };
}
