import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AppEnvError, type HostExtension, type OpenApiDocument } from "@appenv/core";
import { checkOptions, durationMs, invalidOption, replayHeader, replayOf } from "@appenv/core/internal";
import type { BodyLimits } from "@appenv-internal/http/read-body";
import { jsonAnswer, sendAnswer, webAnswer, type Answer } from "../http/answer.ts";
import { deliveryLimits, readBody } from "../http/body.ts";
import { answerError, ProblemError } from "../http/problem.ts";
import { rateLimiter, type RateLimiter } from "../http/rate-limiter.ts";
import { readSecrets } from "../sources/secrets.ts";
import type { RawDelivery, WebhookSource } from "../sources/source.ts";
import { loadClient } from "../tasks/start-run.ts";
import { Deliveries } from "./deliveries.ts";
import { DeliveryNote } from "./delivery-note.ts";
import { answerOf, followedEvent, type WebhookEvent } from "./event.ts";
import { webhookOptionNames, type WebhookHandler, type WebhookOptions } from "./options.ts";
import { Payloads, readPayload, type EventOf, type PayloadSchemas } from "./payloads.ts";

/**
 * Takes signed deliveries of a sender, on any environment. It checks their signature itself and needs no API key,
 * whatever `requiresAuth` says. All that is wrong with a signature is answered alike, with 401.
 *
 * @throws AppEnvError INVALID_OPTION; when the app starts, MISSING_SECRET, INVALID_OPTION of a secret.
 * @example
 * env.mount(
 *   webhook(github({ secret: "GITHUB_WEBHOOK_SECRET" }), (event) => event.run(build, { commit: event.payload.after }), {
 *     payload: { push: z.object({ after: z.string() }) },
 *   }),
 * );
 */
export function webhook<Payload extends PayloadSchemas | undefined = undefined>(
  source: WebhookSource,
  handler: (event: EventOf<Payload>) => unknown,
  options: WebhookOptions<Payload> = {},
): HostExtension {
  if (typeof handler !== "function") throw invalidOption("webhook's handler", handler, "a function");
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/i.test(source.name)) {
    throw invalidOption("name of a webhook's source", source.name, "at most 40 letters, digits, `_` and `-`");
  }
  checkOptions(options, `webhook '${source.name}'`, webhookOptionNames);
  return new Webhook(source, handler as WebhookHandler, options);
}

/** The parts of a delivery that were read before its schema has seen it. */
type DeliveredEvent = Pick<WebhookEvent, "id" | "type" | "payload">;

class Webhook implements HostExtension {
  readonly authenticates: boolean = true;
  readonly #source: WebhookSource;
  readonly #handler: WebhookHandler;
  readonly #path: string;
  readonly #payloads: Payloads;
  readonly #limits: BodyLimits;
  readonly #rate: RateLimiter | undefined;
  readonly #deliveries: Deliveries = new Deliveries();
  readonly #concurrency: number;
  #handling = 0;

  constructor(source: WebhookSource, handler: WebhookHandler, options: WebhookOptions<PayloadSchemas | undefined>) {
    const { path = `/webhooks/${source.name}`, bodyBytes = deliveryLimits.bytes, bodyTimeout } = options;
    if (!/^\/[^?#\s]*$/.test(path)) throw invalidOption("path of a webhook", path, 'a path that starts with "/"');
    this.#source = source;
    this.#handler = handler;
    this.#path = path;
    this.#payloads = new Payloads(source, options.payload);
    const ms = bodyTimeout === undefined ? deliveryLimits.ms : durationMs(bodyTimeout, "bodyTimeout");
    this.#limits = { bytes: bodyBytes, ms };
    this.#rate = rateLimiter(options.rateLimit);
    this.#concurrency = readConcurrency(options.concurrency);
  }

  /** A secret that is missing or cannot be used shows now, not with the first delivery. */
  async start(): Promise<void> {
    readSecrets(this.#source);
    // The code that needs it reports a failure.
    loadClient().catch(() => {});
  }

  matches({ url = "" }: IncomingMessage): boolean {
    return url.startsWith(this.#path) && (url.length === this.#path.length || url[this.#path.length] === "?");
  }

  async request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const note = new DeliveryNote(this.#source, request);
    try {
      const answer = await this.#answer(request, note);
      sendAnswer(response, answer);
      note.tell(answer.status);
    } catch (error) {
      answerError(response, error);
      note.reason ||=
        error instanceof ProblemError || AppEnvError.is(error) ? error.message : "The app failed; its log says why.";
      note.tell(response.statusCode);
    }
  }

  routeOf(): string {
    return this.#path;
  }

  async openapi(): Promise<OpenApiDocument> {
    const { describeWebhook } = await import("./describe.ts");
    return describeWebhook(this.#path, this.#source, this.#payloads.schemas);
  }

  async #answer(request: IncomingMessage, note: DeliveryNote): Promise<Answer> {
    if (request.method !== "POST") throw onlyPost();
    await this.#rate?.count(request);
    const receivedAt = Date.now();
    const rawBody = await readBody(request, this.#limits);
    const delivery = { headers: request.headers, rawBody, receivedAt };
    note.body = rawBody;
    note.replay = await replayOf(request.headers[replayHeader]);
    note.verified = note.replay !== undefined || this.#source.verify(delivery, this.#secrets());
    if (!note.verified) {
      note.refuse();
      throw refused();
    }
    const payload = readPayload(request.headers, rawBody);
    const greeting = this.#source.greet?.(payload);
    if (greeting !== undefined) return webAnswer(greeting);
    const info = this.#source.describe(delivery, payload);
    const event = { id: safeId(info.id, delivery), type: info.type, payload };
    [note.delivery, note.type] = [event.id, event.type];
    // Not remembered: the header with the type may be unsigned, and would hide the event that comes with the same id.
    if (!(await this.#payloads.takes(info, payload))) return this.#ignore(event, note);
    const handle = (): Promise<Answer> => this.#inTurn(delivery, event, note);
    return note.replay === undefined ? this.#deliveries.once(event.id, handle) : handle();
  }

  /** A secret that has gone bad since the start is the app's own failure: 500, and in the log, not a word to the sender. */
  #secrets(): readonly string[] {
    try {
      return readSecrets(this.#source);
    } catch (error) {
      throw new Error("no signature can be checked", { cause: error });
    }
  }

  #ignore({ id, type }: DeliveredEvent, note: DeliveryNote): Answer {
    note.reason = "It is ignored: the handler does not take events of this type.";
    reportDelivery({ source: this.#source.name, type, id }, "is ignored: the handler does not take it.");
    return jsonAnswer(200, { ignored: type });
  }

  async #inTurn(delivery: RawDelivery, event: DeliveredEvent, note: DeliveryNote): Promise<Answer> {
    if (this.#handling >= this.#concurrency) throw overloaded();
    this.#handling += 1;
    try {
      return await this.#handle(delivery, event, note);
    } finally {
      this.#handling -= 1;
    }
  }

  async #handle({ headers, rawBody }: RawDelivery, event: DeliveredEvent, note: DeliveryNote): Promise<Answer> {
    const source = this.#source.name;
    const payload = await this.#check(event);
    const followed = followedEvent({ ...event, source, payload, headers, rawBody }, note.replay);
    note.runs = followed.runs;
    return answerOf(await this.#handler(followed.event), followed);
  }

  /** The sender's page shows the 400 to its user; the log shows it to the author of the schema. */
  async #check({ id, type, payload }: DeliveredEvent): Promise<unknown> {
    try {
      return await this.#payloads.check(type, payload);
    } catch (error) {
      if (AppEnvError.is(error, "INVALID_INPUT")) {
        const why = `is refused. ${error.message}${this.#payloads.hint}`;
        reportDelivery({ source: this.#source.name, type, id }, why);
      }
      throw error;
    }
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
function refused(): ProblemError {
  return new ProblemError(401, "INVALID_SIGNATURE", "The delivery is not signed as it must be.");
}

/** The handler has not been called: sent again, it is as new. */
function overloaded(): ProblemError {
  const headers = { "Retry-After": "1" };
  return new ProblemError(503, "OVERLOADED", "Too many deliveries are being handled; send this one again.", {
    headers,
  });
}

function onlyPost(): ProblemError {
  return new ProblemError(405, "METHOD_NOT_ALLOWED", "Deliveries are sent with POST.", { headers: { Allow: "POST" } });
}

/** The parts of an event that are logged. */
interface Reported {
  readonly source: string;
  readonly type: string;
  readonly id: string;
}

/** Writes a line about a delivery to the app's log. Words of the sender stand there without control characters. */
function reportDelivery({ source, type, id }: Reported, what: string): void {
  const named = type === "" ? "a delivery" : `a delivery of '${type.slice(0, 100)}'`;
  const line = `webhook '${source}': ${named} (${id}) ${what}`;
  process.stdout.write(`${line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?")}\n`);
}
