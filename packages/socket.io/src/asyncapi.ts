import { Components, type Direction } from "@appenv-internal/openapi/components";
import { pointerStep } from "@appenv-internal/openapi/component-names";
import { jsonSchemaOf } from "@appenv-internal/openapi/json-schema";
import type { AsyncApiDocument } from "@appenv/core";
import type { EventSchema, EventSchemas, Schema, SocketEvents } from "./events/event-types.ts";
import { argsOf, hasAck } from "./events/guard-events.ts";

type Json = Readonly<Record<string, unknown>>;

/** The AsyncAPI document of some namespaces: a channel for each, a message for each event. */
export function describeSockets(path: string, namespaces: ReadonlyMap<string, SocketEvents>): AsyncApiDocument {
  const channels: Record<string, Json> = {};
  const operations: Record<string, Json> = {};
  const components = new Components();
  for (const [name, events] of namespaces) {
    const key = `socket.io-${name.replaceAll(/[^\w.-]+/g, "_").replace(/^_/, "") || "main"}`;
    const received = messagesOf(events.clientToServer, "input", components);
    const sent = messagesOf(events.serverToClient, "output", components);
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
  const schemas = components.schemas();
  const named = Object.keys(schemas).length === 0 ? {} : { components: { schemas } };
  return { asyncapi: "3.0.0", info: { title: "Socket.IO", version: "0.0.0" }, channels, operations, ...named };
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
  operations[`${channel}-${action}`] = {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: names.map((name) => ({
      $ref: `#/channels/${channel}/messages/${action}_${encodeURIComponent(pointerStep(name))}`,
    })),
  };
}

function messagesOf(
  events: EventSchemas = {},
  direction: Direction,
  components: Components,
): Readonly<Record<string, Json>> {
  const messages = Object.entries(events).map(([name, event]) => [name, messageOf(name, event, direction, components)]);
  return Object.fromEntries(messages) as Readonly<Record<string, Json>>;
}

/** The payload is the list of arguments; what the acknowledgement says stands beside it. */
function messageOf(name: string, event: EventSchema, direction: Direction, components: Components): Json {
  const describe = (schema: Schema, as: Direction): Json => components.reference(jsonSchemaOf(schema as never, as), as);
  const args = argsOf(event).map((schema) => describe(schema, direction));
  const payload = { type: "array", prefixItems: args, minItems: args.length, maxItems: args.length };
  return { name, title: name, payload, ...(hasAck(event) ? { "x-ack": describe(event.ack, "output") } : {}) };
}
