import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  durationMs,
  invalidOption,
  parseValue,
  type Duration,
  type HostExtension,
  type OpenApiDocument,
  type Schema,
} from "@appenv/core";
import { sendAnswer, webAnswer, type Answer } from "../http/answer.ts";
import { Problem, problemOf, sendProblem } from "../http/problem.ts";
import { rateLimiter, type RateLimiter, type RateLimitOptions } from "../http/rate-limiter.ts";
import { bodyLimits, readBody, type BodyLimits } from "../http/read-body.ts";
import { readSecrets } from "../sources/secrets.ts";
import type { RawDelivery, WebhookSource } from "../sources/source.ts";
import { loadClient } from "../tasks/start-run.ts";
import { answerOf } from "./answer-event.ts";
import { Deliveries } from "./deliveries.ts";
import { followedEvent, type WebhookEvent } from "./event.ts";
import { readPayload } from "./read-payload.ts";

/**
 * What is done with a delivery. It may give a `Response`, or what is answered as JSON; the run it started, or nothing,
 * is answered with 202 and the run, and without a run with 204.
 */
export type WebhookHandler<Payload> = (event: WebhookEvent<Payload>) => unknown;

/** How a webhook is mounted. */
export interface WebhookOptions<Payload extends Schema | undefined = undefined> {
  /** Default `/webhooks/NAME` with the source's name. */
  readonly path?: string;
  /** A zod schema; a payload that does not fit is answered 400 with what is wrong and where. Default: anything. */
  readonly payload?: Payload;
  /** The most bytes of a body. Default 1 MiB. */
  readonly bodyBytes?: number;
  /** How long a body may take to arrive. Default 10 seconds. */
  readonly bodyTimeout?: Duration;
  /** Default: no limit. */
  readonly rateLimit?: RateLimitOptions;
  /**
   * How many deliveries a replica handles at once; more are answered 503 with Retry-After, before the handler is
   * called, so that a storm takes time and not memory. Default 1,000.
   */
  readonly concurrency?: number;
}

/** What a handler gets of a payload with this schema. */
type PayloadOf<Payload> = Payload extends Schema<infer Output, unknown> ? Output : unknown;

/**
 * Takes signed deliveries of a sender, on any environment. It checks their signature itself and needs no API key,
 * whatever `requiresAuth` says. All that is wrong with a signature is answered alike, with 401.
 *
 * @throws AppEnvError INVALID_OPTION; when the app starts, MISSING_SECRET, INVALID_OPTION of a secret.
 * @example
 * env.mount(
 *   webhook(github({ secret: "GITHUB_WEBHOOK_SECRET" }), (event) => event.run(build, { commit: event.payload.after }), {
 *     payload: z.object({ after: z.string() }),
 *   }),
 * );
 */
export function webhook<Payload extends Schema | undefined = undefined>(
  source: WebhookSource,
  handler: WebhookHandler<PayloadOf<Payload>>,
  options: WebhookOptions<Payload> = {},
): HostExtension {
  if (typeof handler !== "function") throw invalidOption("webhook's handler", handler, "a function");
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/i.test(source.name)) {
    throw invalidOption("name of a webhook's source", source.name, "at most 40 letters, digits, `_` and `-`");
  }
  return new Webhook(source, handler as WebhookHandler<unknown>, options);
}

class Webhook implements HostExtension {
  readonly authenticates: boolean = true;
  readonly #source: WebhookSource;
  readonly #handler: WebhookHandler<unknown>;
  readonly #path: string;
  readonly #schema: Schema | undefined;
  readonly #limits: BodyLimits;
  readonly #rate: RateLimiter | undefined;
  readonly #deliveries: Deliveries = new Deliveries();
  readonly #concurrency: number;
  #handling = 0;

  constructor(source: WebhookSource, handler: WebhookHandler<unknown>, options: WebhookOptions<Schema | undefined>) {
    const { path = `/webhooks/${source.name}`, bodyBytes = bodyLimits.bytes, bodyTimeout } = options;
    if (!/^\/[^?#\s]*$/.test(path)) throw invalidOption("path of a webhook", path, 'a path that starts with "/"');
    this.#source = source;
    this.#handler = handler;
    this.#path = path;
    this.#schema = options.payload;
    const ms = bodyTimeout === undefined ? bodyLimits.ms : durationMs(bodyTimeout, "bodyTimeout");
    this.#limits = { bytes: bodyBytes, ms };
    this.#rate = rateLimiter(options.rateLimit);
    this.#concurrency = readConcurrency(options.concurrency);
  }

  /** A secret that is missing or cannot be used shows now, not with the first delivery. */
  async start(): Promise<void> {
    readSecrets(this.#source);
    // Whoever needs it is told if it fails.
    loadClient().catch(() => {});
  }

  matches({ url = "" }: IncomingMessage): boolean {
    return url.startsWith(this.#path) && (url.length === this.#path.length || url[this.#path.length] === "?");
  }

  async request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      sendAnswer(response, await this.#answer(request));
    } catch (error) {
      sendProblem(response, problemOf(error));
    }
  }

  async openapi(): Promise<OpenApiDocument> {
    const { describeWebhook } = await import("./describe.ts");
    return describeWebhook(this.#path, this.#source, this.#schema);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    if (request.method !== "POST") throw onlyPost();
    await this.#rate?.count(request);
    const receivedAt = Date.now();
    const rawBody = await readBody(request, this.#limits);
    const delivery = { headers: request.headers, rawBody, receivedAt };
    if (!this.#source.verify(delivery, this.#secrets())) throw refused();
    const payload = readPayload(request.headers, rawBody);
    const greeting = this.#source.greet?.(payload);
    if (greeting !== undefined) return webAnswer(greeting);
    const { id, type } = this.#source.describe(delivery, payload);
    const known = safeId(id, delivery);
    return this.#deliveries.once(known, () => this.#inTurn(delivery, { id: known, type, payload }));
  }

  /** A secret that has gone bad since the start is the app's own failure: 500, and in the log, not a word to the sender. */
  #secrets(): readonly string[] {
    try {
      return readSecrets(this.#source);
    } catch (error) {
      throw new Error("no signature can be checked", { cause: error });
    }
  }

  async #inTurn(delivery: RawDelivery, event: Pick<WebhookEvent, "id" | "type" | "payload">): Promise<Answer> {
    if (this.#handling >= this.#concurrency) throw overloaded();
    this.#handling += 1;
    try {
      return await this.#handle(delivery, event);
    } finally {
      this.#handling -= 1;
    }
  }

  async #handle(
    { headers, rawBody }: RawDelivery,
    { payload, ...info }: Pick<WebhookEvent, "id" | "type" | "payload">,
  ): Promise<Answer> {
    const checked =
      this.#schema === undefined
        ? payload
        : await parseValue(this.#schema, payload, "INVALID_INPUT", "The payload of this delivery");
    const followed = followedEvent({ ...info, source: this.#source.name, payload: checked, headers, rawBody });
    return answerOf(await this.#handler(followed.event), followed);
  }
}

/** An id goes into a header and into labels: any other than a plain one stands there as its hash. */
function safeId(id: string, { rawBody }: RawDelivery): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(id)) return id;
  return createHash("sha256")
    .update(id === "" ? rawBody : id)
    .digest("hex")
    .slice(0, 40);
}

function readConcurrency(value: number = 1_000): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw invalidOption("concurrency of a webhook", value, "a whole number above 0");
}

/** The one answer to all that is wrong with a signature. */
function refused(): Problem {
  return new Problem(401, "INVALID_SIGNATURE", "The delivery is not signed as it must be.");
}

/** The handler has not been called: sent again, it is as new. */
function overloaded(): Problem {
  const headers = { "Retry-After": "1" };
  return new Problem(503, "OVERLOADED", "Too many deliveries are being handled; send this one again.", { headers });
}

function onlyPost(): Problem {
  return new Problem(405, "METHOD_NOT_ALLOWED", "Deliveries are sent with POST.", { headers: { Allow: "POST" } });
}
