import { Components } from "@appenv-internal/openapi/components";
import { jsonSchemaOf } from "@appenv-internal/openapi/json-schema";
import type { AsyncApiDocument } from "@appenv/core";
import type { z } from "zod";
import { pathParams } from "../router/path.ts";
import type { Route } from "../router/route.ts";

type Json = Readonly<Record<string, unknown>>;

/** The AsyncAPI 3 document of some routes: a channel each, which the app receives from and sends to. */
export function asyncapiOf(title: string, routes: readonly Route[]): AsyncApiDocument {
  const components = new Components();
  const channels = routes.map((route) => [channelName(route), channelOf(route, components)] as const);
  const operations = routes.flatMap((route) => operationsOf(route));
  const schemas = components.schemas();
  return {
    asyncapi: "3.0.0",
    info: { title, version: "0.0.0" },
    defaultContentType: "application/json",
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    ...(Object.keys(schemas).length === 0 ? {} : { components: { schemas } }),
  };
}

/** A name that is one word: `/chat/:room` is `chat_room`, `/` is `root`. */
function channelName({ path }: Route): string {
  return path.replaceAll(/[^A-Za-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "") || "root";
}

function channelOf(route: Route, components: Components): Json {
  const { path, summary, description, params, query, incoming, outgoing, subprotocols } = route;
  const names = pathParams(path);
  const properties = params === undefined ? {} : propertiesOf(objectOf(params, components));
  const parameters = names.map((name) => [name, parameterOf(properties[name])] as const);
  return {
    address: path.replaceAll(/:([^/]+)/g, "{$1}"),
    ...(summary === undefined ? {} : { title: summary, summary }),
    ...(description === undefined ? {} : { description }),
    messages: {
      incoming: messageOf(incoming, "input", components),
      outgoing: messageOf(outgoing, "output", components),
    },
    ...(names.length === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
    bindings: { ws: bindingOf(query, components) },
    ...(subprotocols.length === 0 ? {} : { "x-subprotocols": subprotocols }),
  };
}

/** An AsyncAPI parameter is a text; of its schema only this much can be said. */
function parameterOf(schema: Json = {}): Json {
  const { description, enum: choices, default: otherwise, examples } = schema;
  const said = { description, enum: choices, default: otherwise, examples };
  const entries = Object.entries(said).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : String(value)]),
  );
}

function messageOf(schema: z.ZodType | undefined, io: "input" | "output", components: Components): Json {
  if (schema === undefined) return { contentType: "text/plain", payload: { type: "string" } };
  return { contentType: "application/json", payload: components.reference(jsonSchemaOf(schema, io, "draft-7"), io) };
}

function bindingOf(query: z.ZodType | undefined, components: Components): Json {
  const method = { method: "GET", bindingVersion: "0.1.0" };
  if (query === undefined) return method;
  const json = objectOf(query, components);
  return "properties" in json ? { ...method, query: json } : method;
}

function operationsOf(route: Route): [string, Json][] {
  const name = channelName(route);
  const channel = { $ref: `#/channels/${name}` };
  const messages = (which: string): Json[] => [{ $ref: `#/channels/${name}/messages/${which}` }];
  return [
    [`${name}_receive`, { action: "receive", channel, messages: messages("incoming") }],
    [`${name}_send`, { action: "send", channel, messages: messages("outgoing") }],
  ];
}

/** An object whose properties are read, so it cannot be a reference. */
function objectOf(schema: z.ZodType, components: Components): Json {
  return components.inline(jsonSchemaOf(schema, "input", "draft-7"), "input");
}

function propertiesOf(schema: Json): Readonly<Record<string, Json>> {
  return (schema["properties"] ?? {}) as Readonly<Record<string, Json>>;
}
