import type { IncomingHttpHeaders } from "node:http";
import { type Schema } from "@appenv/core";
import { invalidOption, parseValue } from "@appenv/core/internal";
import { parseJson } from "../http/body.ts";
import type { DeliveryInfo, WebhookSource } from "../sources/source.ts";
import type { WebhookEvent } from "./event.ts";

/** A zod schema of every payload, or one for each type of event that is taken. */
export type PayloadSchemas = Schema | { readonly [type: string]: Schema };

/** The event that a handler gets: with schemas by type, one that `event.type` tells apart. */
export type EventOf<Payload extends PayloadSchemas | undefined> =
  Payload extends Schema<infer Output, unknown>
    ? WebhookEvent<Output>
    : Payload extends { readonly [type: string]: Schema }
      ? { [Type in keyof Payload & string]: EventOfType<Payload[Type], Type> }[keyof Payload & string]
      : WebhookEvent;

type EventOfType<One, Type extends string> =
  One extends Schema<infer Output, unknown> ? WebhookEvent<Output, Type> : never;

/** The events that a webhook takes, with the schemas of their payloads. */
export class Payloads {
  readonly #source: WebhookSource;
  readonly #all: Schema | undefined;
  readonly #byType: ReadonlyMap<string, Schema> | undefined;

  /** @throws AppEnvError INVALID_OPTION. */
  constructor(source: WebhookSource, schemas: PayloadSchemas | undefined) {
    this.#source = source;
    if (schemas === undefined || isSchema(schemas)) this.#all = schemas;
    else this.#byType = readByType(source, schemas);
  }

  /** All schemas, for the docs. */
  get schemas(): readonly Schema[] {
    return this.#byType === undefined ? [this.#all ?? []].flat() : [...this.#byType.values()];
  }

  /** True if the handler takes an event. The sender's own test of the address need not fit the schema. */
  async takes({ type, isTest = false }: DeliveryInfo, payload: unknown): Promise<boolean> {
    if (this.#byType !== undefined) return this.#byType.has(type);
    if (!isTest || this.#all === undefined) return true;
    return this.check(type, payload).then(
      () => true,
      () => false,
    );
  }

  /** The payload as its schema makes it. @throws AppEnvError INVALID_INPUT. */
  async check(type: string, payload: unknown): Promise<unknown> {
    const schema = this.#byType?.get(type) ?? this.#all;
    return schema === undefined
      ? payload
      : parseValue(schema, payload, "INVALID_INPUT", "The payload of this delivery");
  }

  /** A hint for payloads that do not fit because they are of other events. */
  get hint(): string {
    if (this.#byType !== undefined || this.#source.typed === false) return "";
    return " To take some types of events only, give a schema for each: `payload: { TYPE: schema }`.";
  }
}

function readByType(source: WebhookSource, schemas: object): ReadonlyMap<string, Schema> {
  const what = `payload of the webhook '${source.name}'`;
  if (source.typed === false) {
    throw invalidOption(what, schemas, "one schema, since this source does not say what happened (its option `type`)");
  }
  const entries = Object.entries(schemas) as [string, Schema][];
  if (entries.length > 0 && entries.every(([, schema]) => isSchema(schema))) return new Map(entries);
  throw invalidOption(what, schemas, "a zod schema, or an object with one for each type of event");
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "_zod" in value;
}

/** The payload in a body, by its content type: JSON, the fields of a form, or text. @throws ProblemError 400. */
export function readPayload(headers: IncomingHttpHeaders, rawBody: Buffer): unknown {
  const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const text = rawBody.toString("utf8");
  if (type === "application/x-www-form-urlencoded") return readForm(text);
  const isJson = type === "application/json" || type.endsWith("+json");
  return isJson ? parseJson(text) : text;
}

/** GitHub and Slack can put JSON into a field `payload`. */
function readForm(text: string): unknown {
  const fields = new URLSearchParams(text);
  const json = fields.get("payload");
  return json?.startsWith("{") === true ? parseJson(json) : Object.fromEntries(fields);
}
