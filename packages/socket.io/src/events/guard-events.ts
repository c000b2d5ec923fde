import { checkOf, type Checked } from "@appenv/core/internal";
import type { Namespace, Socket } from "socket.io";
import type { EventSchema, EventSchemas, Schema } from "./event-types.ts";
import { invalidEvent, unknownEvent, type Issue, type RefusedEvent } from "./refused-event.ts";

type Packet = [event: string, ...args: unknown[]];
type Acknowledge = (answer: RefusedEvent) => void;

const guarded: WeakSet<Namespace> = new WeakSet();

/**
 * Lets only declared events with fitting arguments reach the listeners of a namespace, as their schemas put them out.
 * An event whose schemas answer later may be overtaken by the next one.
 */
export function guardEvents(namespace: Namespace, events: EventSchemas): void {
  if (guarded.has(namespace)) return;
  guarded.add(namespace);
  // Not `namespace.use()`: a connection that is recovered passes no middleware.
  namespace.on("connection", (socket) => {
    socket.use((packet, next) => guard(socket, packet as Packet, events, next));
  });
}

function guard(socket: Socket, packet: Packet, events: EventSchemas, next: () => void): void {
  const [name] = packet;
  const event = Object.hasOwn(events, name) ? events[name] : undefined;
  if (event === undefined) return refuse(socket, packet, unknownEvent(name));
  const schemas = argsOf(event);
  const acknowledge = typeof packet.at(-1) === "function" ? packet.at(-1) : undefined;
  const given = packet.length - 1 - (acknowledge === undefined ? 0 : 1);
  if (given > schemas.length) {
    const message = `${given} arguments instead of ${schemas.length}`;
    return refuse(socket, packet, invalidEvent(name, [{ message, path: [schemas.length] }]));
  }
  const results = schemas.map((schema, index) =>
    // A missing argument is undefined to its schema, not the acknowledgement.
    checkOf(schema)(index < given ? packet[index + 1] : undefined),
  );
  const settle = (settled: readonly Checked[]): void => {
    const issues = settled.flatMap((result, index) => issuesAt(result, index));
    if (issues.length > 0) return refuse(socket, packet, invalidEvent(name, issues));
    const values = settled.map((result) => ("value" in result ? result.value : undefined));
    // A client that expects no answer still leaves a callback for the listener to call.
    const ack = hasAck(event) ? [acknowledge ?? (() => {})] : [];
    packet.splice(1, packet.length - 1, ...values, ...ack);
    next();
  };
  if (areSettled(results)) return settle(results);
  void Promise.all(results).then(settle);
}

function areSettled<T>(results: readonly (T | Promise<T>)[]): results is readonly T[] {
  return results.every((result) => !(result instanceof Promise));
}

/** The schemas of an event's arguments. */
export function argsOf(event: EventSchema): readonly Schema[] {
  return "args" in event ? event.args : [event];
}

/** True if an event is acknowledged. */
export function hasAck(event: EventSchema): event is { readonly args: readonly Schema[]; readonly ack: Schema } {
  return "args" in event && event.ack !== undefined;
}

function issuesAt(result: Checked, index: number): readonly Issue[] {
  return (result.issues ?? []).map(({ message, path = [] }) => ({ message, path: [index, ...path] }));
}

function refuse(socket: Socket, packet: Packet, refused: RefusedEvent): void {
  const last = packet.at(-1);
  if (typeof last === "function") (last as Acknowledge)(refused);
  else socket.emit("error", refused);
}
