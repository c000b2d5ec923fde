import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  decodeValue,
  encodeValue,
  type EventService,
  type KeptEventSchema,
  type SendEventRequest,
} from "@appenv/protocol/tasks";
import type { EventRecord, TaskEngine } from "@appenv/engine";
import { callerOf } from "../access/principal.ts";
import { invalidRequest } from "../requests/ids.ts";

const dayMs = 86_400_000;
/** The longest time for which an event is kept, in milliseconds. */
const mostKeptMs = 366 * dayMs;
const mostListed = 1_000;

/** AppEnv's own EventService: see `event.proto`. */
export function eventService(
  engine: Pick<TaskEngine, "sendEvent" | "listEvents" | "listEventWaits">,
): ServiceImpl<typeof EventService> {
  return {
    sendEvent: async (request, context) => {
      const { project, domain, name, key, idempotencyKey } = checked(request);
      const sent = await engine.sendEvent({
        project,
        domain,
        name,
        key,
        value: valueOf(request),
        keepMs: request.keepMs === 0n ? dayMs : Number(request.keepMs),
        sender: callerOf(context),
        ...(idempotencyKey === "" ? {} : { idempotencyKey }),
      });
      return { id: BigInt(sent.id), delivered: sent.delivered };
    },
    listEvents: ({ project, domain, name, limit }) => {
      if (limit > mostListed)
        throw invalidRequest(`The request asks for ${limit} events; at most ${mostListed} are listed.`);
      const asked = { project, domain, name, limit: limit === 0 ? 100 : limit };
      return {
        events: engine.listEvents(asked).map(eventMessage),
        waits: engine.listEventWaits(asked).map((wait) => ({ ...wait, since: timestampFromDate(wait.since) })),
      };
    },
  };
}

function checked(request: SendEventRequest): SendEventRequest {
  const { project, domain, name, key, keepMs } = request;
  if (project === "" || domain === "") throw invalidRequest("The request names no project or no domain.");
  if (name === "" || name.length > 63) throw invalidRequest("An event's name has 1 to 63 characters.");
  if (key.length > 200) throw invalidRequest("An event's key has at most 200 characters.");
  if (keepMs > BigInt(mostKeptMs)) throw invalidRequest("An event is kept for at most a year.");
  return request;
}

/** The value as the engine keeps it. @throws AppEnvError INVALID_OPTION. */
function valueOf({ value }: SendEventRequest): Uint8Array {
  if (value.case === undefined) return encodeValue(null);
  try {
    if (value.case === "json") return encodeValue(JSON.parse(value.value));
    decodeValue(value.value);
    return value.value;
  } catch (error) {
    throw invalidRequest(`The event's value cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function eventMessage(event: EventRecord): MessageInitShape<typeof KeptEventSchema> {
  const { id, project, domain, name, key, sender } = event;
  const times = { sentAt: timestampFromDate(event.sentAt), keepUntil: timestampFromDate(event.keepUntil) };
  return { id: BigInt(id), project, domain, name, key, sender, ...times, json: jsonOf(event) };
}

function jsonOf({ value }: EventRecord): string {
  return JSON.stringify(decodeValue(value), plain) ?? "null";
}

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
