import { randomBytes } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import { replayHeader, type Replay } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";
import { newDeliveryId, type WholeDelivery } from "./inbox.ts";

/** The answer of an app to a replay. */
export interface ReplayAnswer {
  /** The replay as a delivery. */
  readonly id: string;
  readonly status: number;
  /** The beginning of its body. */
  readonly answer: string;
}

/** Time limit for an app to answer, its start included, in milliseconds. */
const limitMs = 120_000;
/** Maximum characters of an answer that are given out. */
const mostAnswer = 4_096;

interface Waiting extends Replay {
  readonly app: AppId;
}

/** Sends kept deliveries once more. A text that is good once tells the app that the platform stands behind the request. */
export class Replays {
  readonly #waiting: Map<string, Waiting> = new Map();

  /** @throws AppEnvError NOT_REPLAYABLE, CALL_FAILED. */
  async send(delivery: WholeDelivery, endpoint: string): Promise<ReplayAnswer> {
    checkReplayable(delivery, endpoint);
    const id = newDeliveryId();
    const text = randomBytes(32).toString("base64url");
    this.#waiting.set(text, { id, of: delivery.replayOf || delivery.id, app: delivery.app });
    try {
      return { id, ...(await post(delivery, endpoint, text)) };
    } finally {
      this.#waiting.delete(text);
    }
  }

  /** The replay behind a text, for the app that it is for; it is told once. */
  take(text: unknown, { project, domain, name }: AppId): Replay | undefined {
    const replay = typeof text === "string" ? this.#waiting.get(text) : undefined;
    if (replay === undefined) return undefined;
    const { id, of, app } = replay;
    if (app.project !== project || app.domain !== domain || app.name !== name) return undefined;
    this.#waiting.delete(text as string);
    return { id, of };
  }
}

function checkReplayable({ id, verified, replayable, app }: WholeDelivery, endpoint: string): void {
  if (!verified) throw notReplayable(`The delivery '${id}' was not verified: anybody may have sent it.`);
  if (!replayable) throw notReplayable(`The body of the delivery '${id}' was not kept: it is too large, or too old.`);
  if (endpoint === "") throw notReplayable(`The app '${app.name}' of the delivery '${id}' answers nowhere now.`);
}

function notReplayable(message: string): AppEnvError {
  return new AppEnvError("NOT_REPLAYABLE", message);
}

async function post(
  { path, headers, body, app }: WholeDelivery,
  endpoint: string,
  text: string,
): Promise<Omit<ReplayAnswer, "id">> {
  try {
    const response = await fetch(`${endpoint}${path}`, {
      method: "POST",
      headers: [...headers.map(([name, value]): [string, string] => [name, value]), [replayHeader, text]],
      body: body === undefined ? new Uint8Array() : new Uint8Array(body),
      redirect: "manual",
      signal: AbortSignal.timeout(limitMs),
    });
    return { status: response.status, answer: (await response.text()).slice(0, mostAnswer) };
  } catch (error) {
    throw new AppEnvError("CALL_FAILED", `The app '${app.name}' did not answer the replay.`, { cause: error });
  }
}
