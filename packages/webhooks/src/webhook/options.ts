import type { Duration } from "@appenv/core";
import type { OptionNames } from "@appenv/core/internal";
import type { RateLimitOptions } from "../http/rate-limiter.ts";
import type { WebhookEvent } from "./event.ts";
import type { PayloadSchemas } from "./payloads.ts";

/**
 * Handles a delivery. It may return a `Response`, or a value that is sent as JSON. If it returns the run it started, or
 * nothing, the answer is 202 with the run, or 204 if it started none.
 */
export type WebhookHandler<Payload = unknown, Type extends string = string> = (
  event: WebhookEvent<Payload, Type>,
) => unknown;

/** The options of a webhook. */
export interface WebhookOptions<Payload extends PayloadSchemas | undefined = undefined> {
  /** Default `/webhooks/NAME` with the source's name. */
  readonly path?: string;
  /**
   * A zod schema, or one for each type of event: `{ push: schema, release: schema }`. A payload that does not fit is
   * answered 400 with what is wrong and where. Events of other types, and with one schema for all the sender's own test
   * of the address, are acknowledged without calling the handler: 200 with `{ "ignored": TYPE }`. Default: anything.
   */
  readonly payload?: Payload;
  /** Maximum bytes of a body. Default 1 MiB. */
  readonly bodyBytes?: number;
  /** The time within which a body must arrive. Default 10 seconds. */
  readonly bodyTimeout?: Duration;
  /** Default: no limit. */
  readonly rateLimit?: RateLimitOptions;
  /**
   * Maximum deliveries that a replica handles at once; more are answered 503 with Retry-After, before the handler is
   * called, so that a storm takes time and not memory. Default 1,000.
   */
  readonly concurrency?: number;
}

/** The names of the options of a webhook. */
export const webhookOptionNames: OptionNames<WebhookOptions> = {
  path: true,
  payload: true,
  bodyBytes: true,
  bodyTimeout: true,
  rateLimit: true,
  concurrency: true,
};
