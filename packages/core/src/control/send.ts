import { checkOptions, type OptionNames } from "../errors/known-options.ts";
import { checkedEventValue, checkEventKey, eventOf, type EventType } from "../task/calls/event.ts";
import type { Duration } from "../values/duration.ts";
import { controlPlaneOptionNames, type ControlPlaneOptions } from "./control-plane.ts";
import { importTool } from "./import-tool.ts";

/** Options of `send`. */
export interface SendOptions extends ControlPlaneOptions {
  /** Only runs that wait for the event with this key get it. At most 200 characters. */
  readonly key?: string;
  /** Time for which it is kept, for runs that wait for it later. Default 1 day, at most 1 year. */
  readonly keep?: Duration;
  /** An idempotency key: two calls with one key send one event. Inside a run, each call has one by itself. */
  readonly idempotencyKey?: string;
}

/** An event that was sent. It is on disk. */
export interface SentEvent {
  /** Counts the events of a platform. */
  readonly id: string;
  /** Number of runs that were waiting for it. */
  readonly delivered: number;
}

/** The names of the options of `send`. */
export const sendOptionNames: OptionNames<SendOptions> = {
  ...controlPlaneOptionNames,
  key: true,
  keep: true,
  idempotencyKey: true,
};

/** The export of `@appenv/client` that sends events. */
interface SendingClient {
  send(event: string, value: unknown, options: SendOptions): Promise<SentEvent>;
}

/**
 * Sends an event to each run that waits for it (`waitFor`), and keeps it for those that wait for it later. From apps, tasks
 * and other programs; inside a run it is sent once, however often the action runs.
 *
 * @throws AppEnvError INVALID_OPTION, INVALID_INPUT, PAYLOAD_TOO_LARGE, UNREACHABLE, UNSUPPORTED on a Flyte cluster.
 * @example
 * await send(paid, { amount: 12 }, { key: orderId });
 */
export async function send<Output, Input>(
  event: EventType<Output, Input> | string,
  value: NoInfer<Input>,
  options: SendOptions = {},
): Promise<SentEvent> {
  const type = eventOf(event);
  checkOptions(options, `send '${type.name}'`, sendOptionNames);
  checkEventKey(`key of the event '${type.name}'`, options.key);
  const checked = await checkedEventValue(type, value);
  const client = await importTool<SendingClient>("@appenv/client");
  return client.send(type.name, checked, options);
}
