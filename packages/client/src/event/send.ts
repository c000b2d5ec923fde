import type { ControlPlaneOptions, SendOptions, SentEvent } from "@appenv/core";
import {
  checkOptions,
  durationMs,
  type OptionNames,
  controlPlaneOptionNames,
  sendOptionNames,
} from "@appenv/core/internal";
import { encodeValue } from "@appenv/protocol/tasks";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { connect } from "../control-plane/connect.ts";
import { held } from "../control-plane/held.ts";
import { requirePlatform } from "../control-plane/require-platform.ts";
import { taskApi } from "../run/api.ts";
import { onceInRun } from "../run/start-run.ts";

/** Options of `listEvents`. */
export interface EventListOptions extends ControlPlaneOptions {
  /** Only events of this name. */
  readonly name?: string;
  /** Maximum number of items. Default 100, at most 1,000. */
  readonly limit?: number;
}

/** An event that is kept. */
export interface KeptEvent {
  readonly id: string;
  readonly name: string;
  /** Empty: none. */
  readonly key: string;
  readonly sentAt: Date;
  readonly keptUntil: Date;
  /** The sender, for example `api-key:shop` or `app:orders`. */
  readonly sender: string;
  /** As JSON writes it. */
  readonly value: unknown;
}

const listNames: OptionNames<EventListOptions> = { ...controlPlaneOptionNames, name: true, limit: true };
const fix = "Signal a condition of the run instead: `signal(run, name, value)`.";

/** Sends an event. See `send` of `@appenv/core`. */
export async function sendEvent(name: string, value: unknown, given: SendOptions = {}): Promise<SentEvent> {
  checkOptions(given, `send '${name}'`, sendOptionNames);
  const outputs = encodeValue(value ?? null);
  const { key = "", keep, idempotencyKey = "" } = onceInRun(given, `event ${name} ${given.key ?? ""}`, outputs);
  const controlPlane = await connect(given);
  requirePlatform(controlPlane, "Events", fix);
  const { project, domain } = controlPlane;
  const keepMs = keep === undefined ? 0n : BigInt(Math.max(durationMs(keep, "send.keep"), 1));
  const request = {
    project,
    domain,
    name,
    key,
    value: { case: "outputs", value: outputs },
    keepMs,
    idempotencyKey,
  } as const;
  const { id, delivered } = await held(controlPlane, () => taskApi(controlPlane).events.sendEvent(request));
  return { id: String(id), delivered };
}

/** The events of a project and domain that are kept, the newest first. @throws AppEnvError UNREACHABLE, UNSUPPORTED. */
export async function listEvents(options: EventListOptions = {}): Promise<readonly KeptEvent[]> {
  checkOptions(options, "listEvents", listNames);
  const controlPlane = await connect(options);
  requirePlatform(controlPlane, "Events", fix);
  const { project, domain } = controlPlane;
  const { name = "", limit = 0 } = options;
  const { events } = await held(controlPlane, () =>
    taskApi(controlPlane).events.listEvents({ project, domain, name, limit }),
  );
  return events.map((event) => ({
    id: String(event.id),
    name: event.name,
    key: event.key,
    sentAt: event.sentAt === undefined ? new Date(0) : timestampDate(event.sentAt),
    keptUntil: event.keepUntil === undefined ? new Date(0) : timestampDate(event.keepUntil),
    sender: event.sender,
    value: JSON.parse(event.json) as unknown,
  }));
}
