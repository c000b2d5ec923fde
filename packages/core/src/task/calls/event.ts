import { AppEnvError } from "../../errors/appenv-error.ts";
import { invalidOption } from "../../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";
import { durationMs, type Duration } from "../../values/duration.ts";
import type { Schema } from "../options/task-options.ts";
import { parseValue } from "../schema/parse.ts";
import { valueTypeOf } from "../schema/value-type-of.ts";
import { currentRunContext } from "./current-run-context.ts";

/** An event that runs wait for, with the schema of its values. Made by `defineEvent`. */
export interface EventType<Output = unknown, Input = Output> {
  /** Unique in a project and domain. */
  readonly name: string;
  /** Undefined: anything that JSON can write. */
  readonly value: Schema | undefined;
  /** Of the values, for the compiler alone. */
  readonly types?: { readonly output: Output; readonly input: Input };
}

/** Options of an event. */
export interface EventOptions<Value extends Schema | undefined = undefined> {
  /** At most 63 characters. */
  readonly name: string;
  /** The schema of its values. Default: anything that JSON can write. */
  readonly value?: Value;
}

/** Options of `waitFor`. */
export interface WaitForOptions {
  /** Only events that were sent with this key, for example the id of an order. At most 200 characters. Default: those sent without one. */
  readonly key?: string;
  /** Time limit of the wait. Default: none. */
  readonly timeout?: Duration;
  /** Passes over events that were sent before. Default: none, so that an event that is kept is given too. */
  readonly since?: Date;
}

const eventNames: OptionNames<EventOptions<Schema>> = { name: true, value: true };
const waitNames: OptionNames<WaitForOptions> = { key: true, timeout: true, since: true };

/**
 * Names an event, and states its values. Sender and receiver import it, or both write the same name.
 *
 * @throws AppEnvError INVALID_OPTION, NO_LITERAL_TYPE.
 * @example
 * export const paid = defineEvent({ name: "order-paid", value: z.object({ amount: z.number() }) });
 */
export function defineEvent(options: EventOptions): EventType<unknown, unknown>;
export function defineEvent<Value extends Schema>(
  options: EventOptions<Value> & { readonly value: Value },
): EventType<Value["_zod"]["output"], Value["_zod"]["input"]>;
export function defineEvent(options: EventOptions<Schema | undefined>): EventType {
  const { name, value } = options;
  checkOptions(options, `event '${String(name)}'`, eventNames);
  checkEventName(name);
  if (value !== undefined) valueTypeOf(value, `event '${name}'`);
  return Object.freeze({ name, value });
}

/**
 * Waits for an event, and resolves with its value. An event that was sent before is given too while it is kept, and each
 * event once to a run, in the order in which they were sent. Waiting takes no place in a limit, and outlives restarts.
 *
 * @throws AppEnvError INVALID_OPTION, INVALID_DURATION, EVENT_TIMED_OUT, ABORTED, INVALID_INPUT for a value that does not fit
 * the event's schema; outside a run NOT_IN_RUN.
 * @example
 * const { amount } = await waitFor(paid, { key: orderId, timeout: "3 days" });
 */
export async function waitFor<Output, Input>(
  event: EventType<Output, Input> | string,
  options: WaitForOptions = {},
): Promise<Output> {
  const { name, value: schema } = eventOf(event);
  const of = (option: string): string => `${option} of waitFor '${name}'`;
  checkOptions(options, `waitFor '${name}'`, waitNames);
  const { key, timeout, since } = options;
  if (since !== undefined && !(since instanceof Date && Number.isFinite(since.getTime()))) {
    throw invalidOption(of("since"), since, "a valid Date");
  }
  const request = {
    name,
    key: checkEventKey(of("key"), key),
    timeoutMs: timeout === undefined ? undefined : durationMs(timeout, of("timeout")),
    since: since?.getTime(),
  };
  const context = currentRunContext();
  if (context === undefined) throw new AppEnvError("NOT_IN_RUN", `The wait for the event '${name}' is outside a run.`);
  return (await context.waitFor(request, schema)) as Output;
}

/** An event as it was given: by itself, or by its name alone. @throws AppEnvError INVALID_OPTION. */
export function eventOf<Output, Input>(event: EventType<Output, Input> | string): Pick<EventType, "name" | "value"> {
  if (typeof event === "string") return { name: checkEventName(event), value: undefined };
  return { name: checkEventName(event?.name), value: event.value };
}

/** A value as it is sent. @throws AppEnvError INVALID_INPUT. */
export function checkedEventValue(
  { name, value: schema }: Pick<EventType, "name" | "value">,
  value: unknown,
): Promise<unknown> | unknown {
  return schema === undefined ? value : parseValue(schema, value, "INVALID_INPUT", `The value of the event '${name}'`);
}

/** The key of an event; empty for none. @throws AppEnvError INVALID_OPTION. */
export function checkEventKey(option: string, key: unknown): string {
  if (key === undefined) return "";
  if (typeof key === "string" && key !== "" && key.length <= 200) return key;
  throw invalidOption(option, key, "a text of at most 200 characters");
}

function checkEventName(name: unknown): string {
  if (typeof name === "string" && name !== "" && name.length <= 63) return name;
  throw invalidOption("name of an event", name, "a text of at most 63 characters");
}
