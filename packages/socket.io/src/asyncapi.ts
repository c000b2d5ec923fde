import { jsonSchemaOf } from "@appenv-internal/openapi/json-schema";
import type { AsyncApiDocument } from "@appenv/core";
import type { EventSchema, EventSchemas, SocketEvents } from "./events/event-types.ts";
import { argsOf, hasAck } from "./events/guard-events.ts";

type Json = Readonly<Record<string, unknown>>;
type Direction = "input" | "output";

/** The AsyncAPI document of some namespaces: a channel for each, a message for each event. */
export function describeSockets(path: string, namespaces: ReadonlyMap<string, SocketEvents>): AsyncApiDocument {
  const channels: Record<string, Json> = {};
  const operations: Record<string, Json> = {};
  for (const [name, events] of namespaces) {
    const key = name === "/" ? "main" : name.replaceAll(/\W+/g, "_").replace(/^_/, "");
    const received = messagesOf(events.clientToServer, "input");
    const sent = messagesOf(events.serverToClient, "output");
    channels[key] = {
      address: path,
      title: `Socket.IO namespace ${name}`,
      description: "Spoken through a Socket.IO client; the events below are not plain WebSocket messages.",
      messages: { ...prefixed("receive", received), ...prefixed("send", sent) },
      "x-socket.io-namespace": name,
    };
    addOperation(operations, key, "receive", Object.keys(received));
    addOperation(operations, key, "send", Object.keys(sent));
  }
  return { asyncapi: "3.0.0", info: { title: "Socket.IO", version: "0.0.0" }, channels, operations };
}

function prefixed(action: string, messages: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(messages).map(([name, message]) => [`${action}_${name}`, message]));
}

function addOperation(
  operations: Record<string, Json>,
  channel: string,
  action: string,
  names: readonly string[],
): void {
  if (names.length === 0) return;
  operations[`${channel}_${action}`] = {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${action}_${name}` })),
  };
}

function messagesOf(events: EventSchemas = {}, direction: Direction): Record<string, Json> {
  return Object.fromEntries(Object.entries(events).map(([name, event]) => [name, messageOf(name, event, direction)]));
}

/** The payload is the list of arguments; what the acknowledgement says stands beside it. */
function messageOf(name: string, event: EventSchema, direction: Direction): Json {
  const args = argsOf(event).map((schema) => jsonSchemaOf(schema as never, direction));
  const payload = { type: "array", prefixItems: args, minItems: args.length, maxItems: args.length };
  const ack = hasAck(event) ? { "x-ack": jsonSchemaOf(event.ack as never, "output") } : {};
  return { name, title: name, payload, ...ack };
}
