import type { IncomingHttpHeaders } from "node:http";
import { type Duration } from "@appenv/core";
import { durationMs, type OptionNames } from "@appenv/core/internal";

/** A secret: the name of an env var, or a function that returns its value. */
export type SecretOption = string | (() => string | undefined);

/** One secret, or several that are all accepted. */
export type SecretsOption = SecretOption | readonly SecretOption[];

/** A request as its signature covers it. */
export interface RawDelivery {
  readonly headers: IncomingHttpHeaders;
  /** The body, byte for byte. */
  readonly rawBody: Buffer;
  /** The time of its arrival, in milliseconds since 1970. */
  readonly receivedAt: number;
}

/** A delivery with a valid signature, as its source reads it. */
export interface DeliveryInfo {
  /** The same for each sending of one delivery. */
  readonly id: string;
  /** The type of the event in the source's words; empty if it does not say. */
  readonly type: string;
  /** True if the source only tries the address with it, as GitHub does with its `ping`. Default false. */
  readonly isTest?: boolean;
}

/** Checks and reads the deliveries of one sender. `github`, `stripe`, `slack`, `standardWebhooks` and `hmac` make them. */
export interface WebhookSource {
  /** Part of the path, and of the keys by which runs are recorded. */
  readonly name: string;
  /** All that are accepted, for rotation. */
  readonly secret: SecretsOption;
  /** The header with the signature, for the docs. */
  readonly signatureHeader: string;
  /** False if its deliveries do not name the type of their event. Default true. */
  readonly typed?: boolean;
  /** Tells the mistake in a secret that does not have the sender's form, as in "holds no base64". Default: any text will do. */
  secretProblem?(secret: string): string | undefined;
  /** True if the signature is right for one of the secrets, and not late. */
  verify(delivery: RawDelivery, secrets: readonly string[]): boolean;
  /** Reads the id and the type of a delivery; called once the signature is right. */
  describe(delivery: RawDelivery, payload: unknown): DeliveryInfo;
  /** The answer that needs no handler, for example to the source's own test of the address. */
  greet?(payload: unknown): Response | undefined;
}

/** The options of every source. */
export interface SourceOptions {
  /** The name of an env var, a function that gives the secret, or several of them while a secret is changed. */
  readonly secret: SecretsOption;
  /** Default: the name of the source. Two webhooks of one source with deliveries in common need two names. */
  readonly name?: string;
}

/** The options of sources that sign the time. */
export interface TimedSourceOptions extends SourceOptions {
  /** The largest difference between the signed time and now. Default 5 minutes. */
  readonly tolerance?: Duration;
}

/** The names of the options of every source. */
export const sourceOptionNames: OptionNames<SourceOptions> = { secret: true, name: true };
/** The names of the options of sources that sign the time. */
export const timedSourceOptionNames: OptionNames<TimedSourceOptions> = { ...sourceOptionNames, tolerance: true };

/** The tolerance in milliseconds. @throws AppEnvError INVALID_DURATION. */
export function toleranceMs({ tolerance = "5m" }: TimedSourceOptions): number {
  return durationMs(tolerance, "tolerance");
}

/** True if a signed time, in seconds since 1970, is near enough to when the delivery arrived. */
export function isInTime(seconds: string, receivedAt: number, withinMs: number): boolean {
  return /^\d{1,12}$/.test(seconds) && Math.abs(Number(seconds) * 1_000 - receivedAt) <= withinMs;
}

/** A header that comes once; empty if it is missing. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name.toLowerCase()];
  return typeof value === "string" ? value : "";
}

/** A text field of a payload, by its own key; empty if there is none. */
export function textOf(payload: unknown, key: string): string {
  if (typeof payload !== "object" || payload === null || !Object.hasOwn(payload, key)) return "";
  const value = (payload as Readonly<Record<string, unknown>>)[key];
  return typeof value === "string" ? value : "";
}
