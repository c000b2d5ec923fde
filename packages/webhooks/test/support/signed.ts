import { createHmac } from "node:crypto";

/** A delivery that is ready to be sent. */
export interface Signed {
  readonly headers: Record<string, string>;
  readonly body: string;
}

export const secret = "c2VjcmV0LW9mLXRoZS10ZXN0cw==";

function sign(text: string, encoding: "hex" | "base64" = "hex", key: string | Buffer = secret): string {
  return createHmac("sha256", key).update(text).digest(encoding);
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}

const json = { "content-type": "application/json" };

/** Signs a body as each sender does, at a time in seconds since 1970. */
export const signers = {
  github: (body: string, _time?: number, key = secret): Signed => ({
    headers: {
      ...json,
      "x-github-delivery": "d-1",
      "x-github-event": "push",
      "x-hub-signature-256": `sha256=${sign(body, "hex", key)}`,
    },
    body,
  }),
  stripe: (body: string, time: number = now(), key = secret): Signed => ({
    headers: { ...json, "stripe-signature": `t=${time},v1=${sign(`${time}.${body}`, "hex", key)}` },
    body,
  }),
  slack: (body: string, time: number = now(), key = secret): Signed => ({
    headers: {
      ...json,
      "x-slack-request-timestamp": String(time),
      "x-slack-signature": `v0=${sign(`v0:${time}:${body}`, "hex", key)}`,
    },
    body,
  }),
  standard: (body: string, time: number = now(), key = secret): Signed => ({
    headers: {
      ...json,
      "webhook-id": "msg_1",
      "webhook-timestamp": String(time),
      "webhook-signature": `v1,${sign(`msg_1.${time}.${body}`, "base64", Buffer.from(key, "base64"))}`,
    },
    body,
  }),
  shop: (body: string, time: number = now(), key = secret): Signed => ({
    headers: {
      ...json,
      "x-time": String(time),
      "x-sign": `v=${sign(`${time}.${body}`, "base64", key)}`,
      "x-id": "s-1",
    },
    body,
  }),
};
