import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { currentNotes, type Replay } from "@appenv/core/internal";
import type { RunHandle } from "@appenv/core";
import type { WebhookSource } from "../sources/source.ts";

/** Names of headers that are not kept: of the connection, and those that may hold a credential or a signature. */
const left =
  /^(host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|accept-encoding|appenv-.*|x-api-key)$|sign|secret|token|auth|cookie|passw|credential|session|hmac|digest/i;
/** Longest value of a header, and most headers, that are kept. */
const [longestValue, mostHeaders] = [2_048, 64];
/** Longest texts that are kept, in characters. */
const longestText = 300;

/** The facts about a delivery, for the inbox of the platform. They are told once it is answered. */
export class DeliveryNote {
  delivery = "";
  type = "";
  verified = false;
  reason = "";
  body: Buffer | undefined;
  replay: Replay | undefined;
  runs: readonly RunHandle[] = [];
  readonly #source: WebhookSource;
  readonly #request: IncomingMessage;
  readonly #at = Date.now();
  readonly #since = performance.now();

  constructor(source: WebhookSource, request: IncomingMessage) {
    this.#source = source;
    this.#request = request;
  }

  /** Says why the signature was not taken, as far as the sender's header tells. */
  refuse(): void {
    const { signatureHeader } = this.#source;
    const isThere = this.#request.headers[signatureHeader.toLowerCase()] !== undefined;
    this.reason = isThere
      ? `The signature in ${signatureHeader} is wrong, or too old.`
      : `The header ${signatureHeader} is missing.`;
  }

  /** Tells the platform of it. Nobody is told where no platform runs the app. @param status - Of the answer. */
  tell(status: number): void {
    const notes = currentNotes();
    if (notes === undefined) return;
    const { verified, body } = this;
    notes.deliveries.add({
      id: this.replay?.id ?? "",
      replayOf: this.replay?.of ?? "",
      at: this.#at,
      ms: Math.round(performance.now() - this.#since),
      source: this.#source.name,
      path: cut(this.#request.url ?? ""),
      delivery: cut(this.delivery),
      type: cut(this.type),
      verified,
      reason: cut(this.reason),
      bytes: body?.byteLength ?? 0,
      status,
      run: this.runs[0]?.name ?? "",
      headers: verified ? keptHeaders(this.#request.headers, this.#source) : [],
      body: verified && body !== undefined ? new Uint8Array(body) : undefined,
    });
  }
}

function keptHeaders(headers: IncomingHttpHeaders, { signatureHeader }: WebhookSource): [string, string][] {
  const all = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" && value.length <= longestValue ? [[name, value]] : [],
  );
  return all.filter(([name]) => !left.test(name) && name !== signatureHeader.toLowerCase()).slice(0, mostHeaders);
}

function cut(text: string): string {
  return text.slice(0, longestText);
}
