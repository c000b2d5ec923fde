import { getHashes } from "node:crypto";
import { invalidOption, checkOptions, type OptionNames } from "@appenv/core/internal";
import { isSigned, type SignatureEncoding } from "./signature.ts";
import {
  headerOf,
  isInTime,
  toleranceMs,
  type DeliveryInfo,
  type RawDelivery,
  type TimedSourceOptions,
  type WebhookSource,
  timedSourceOptionNames,
} from "./source.ts";

/** The form in which a sender signs. */
export interface HmacOptions extends TimedSourceOptions {
  readonly name: string;
  /** The header with the signature. */
  readonly header: string;
  /** As OpenSSL names it. Default `sha256`. */
  readonly algorithm?: string;
  /** Default `hex`. */
  readonly encoding?: SignatureEncoding;
  /** The text before the signature in its header, for example `sha256=`. Default: nothing. */
  readonly prefix?: string;
  /** The header with the time in seconds since 1970, if it is signed. Default: no time is checked. */
  readonly timestampHeader?: string;
  /** The parts that are signed. Default: the body, or with a time `TIME.BODY`. */
  readonly signed?: (delivery: RawDelivery, timestamp: string) => readonly (string | Buffer)[];
  /** The delivery's id: a header, or read from the delivery. Default: a hash of the body. */
  readonly id?: string | ((delivery: RawDelivery, payload: unknown) => string);
  /** The type of the event: a header, or read from the delivery. Default: nothing. */
  readonly type?: string | ((delivery: RawDelivery, payload: unknown) => string);
}

const names: OptionNames<HmacOptions> = {
  ...timedSourceOptionNames,
  header: true,
  algorithm: true,
  encoding: true,
  prefix: true,
  timestampHeader: true,
  signed: true,
  id: true,
  type: true,
};

/**
 * A sender that signs with an HMAC in a form of its own.
 *
 * @throws AppEnvError INVALID_OPTION, INVALID_DURATION.
 * @example
 * hmac({ name: "shop", secret: "SHOP_SECRET", header: "X-Shop-Hmac", encoding: "base64", id: "X-Shop-Delivery" })
 */
export function hmac(options: HmacOptions): WebhookSource {
  checkOptions(options, "hmac", names);
  const { name, secret, header, algorithm = "sha256", encoding = "hex", prefix = "", timestampHeader } = options;
  if (!getHashes().includes(algorithm)) throw invalidOption("algorithm", algorithm, 'a hash such as "sha256"');
  const within = toleranceMs(options);
  const signed = options.signed ?? ((delivery, time) => bodyWithTime(delivery, time));
  return {
    name,
    secret,
    signatureHeader: header,
    typed: options.type !== undefined,
    verify(delivery, secrets) {
      const { headers, receivedAt } = delivery;
      const given = headerOf(headers, header);
      const time = timestampHeader === undefined ? "" : headerOf(headers, timestampHeader);
      const signatures = given.startsWith(prefix) ? [given.slice(prefix.length)] : [];
      const right = isSigned(signed(delivery, time), secrets, signatures, { algorithm, encoding });
      return right && (timestampHeader === undefined || isInTime(time, receivedAt, within));
    },
    describe: (delivery, payload): DeliveryInfo => ({
      id: read(options.id, delivery, payload),
      type: read(options.type, delivery, payload),
    }),
  };
}

function bodyWithTime({ rawBody }: RawDelivery, time: string): readonly (string | Buffer)[] {
  return time === "" ? [rawBody] : [`${time}.`, rawBody];
}

function read(from: HmacOptions["id"], delivery: RawDelivery, payload: unknown): string {
  if (from === undefined) return "";
  return typeof from === "string" ? headerOf(delivery.headers, from) : from(delivery, payload);
}
