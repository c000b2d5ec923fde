import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { signers } from "./signed.ts";

/** The body that is sent. */
export interface Storm {
  readonly endpoint: string;
  /** The file in which the task notes its runs. */
  readonly journal: string;
  readonly deliveries: number;
  /** Deliveries a second, whether answers come or not. Default: as fast as answers come. */
  readonly rate?: number;
  /** Connections. */
  readonly senders: number;
}

/** The statuses of its answers. */
export interface Answered {
  /** All answers of each delivery: one in ten is sent twice, at once and through two doors. */
  readonly answers: ReadonlyMap<number, readonly string[]>;
  /** Until the last was accepted, in milliseconds. */
  readonly tookMs: number;
  /** From when each was to be sent until it was accepted, in milliseconds, in order. */
  readonly latenciesMs: readonly number[];
  /** The number of deliveries that were put off. */
  readonly putOff: number;
}

/** Sends signed deliveries as a sender does: what is answered 503 is sent again when the answer says. */
export async function sendStorm({ endpoint, journal, deliveries, rate, senders }: Storm): Promise<Answered> {
  const agent = new Agent({ keepAlive: true, maxSockets: senders });
  const answers = new Map<number, string[]>();
  const latenciesMs: number[] = [];
  let putOff = 0;
  const send = async (number: number, door: string): Promise<string> => {
    for (;;) {
      const { status, retryAfter, body } = await post(agent, `${endpoint}/webhooks/${door}`, journal, number);
      if (status !== 503) return `${status} ${body}`;
      putOff += 1;
      await sleep(Number(retryAfter) * 1_000);
    }
  };
  const deliver = async (number: number, due: number): Promise<void> => {
    const doors = number % 10 === 0 ? ["github", "again"] : ["github"];
    answers.set(number, await Promise.all(doors.map((door) => send(number, door))));
    latenciesMs.push(performance.now() - due);
  };
  const started = performance.now();
  await (rate === undefined ? inTurn(deliveries, senders, deliver) : atRate(deliveries, rate, deliver));
  agent.destroy();
  const tookMs = performance.now() - started;
  return { answers, tookMs, latenciesMs: latenciesMs.toSorted((one, other) => one - other), putOff };
}

type Deliver = (number: number, due: number) => Promise<void>;

async function inTurn(deliveries: number, senders: number, deliver: Deliver): Promise<void> {
  const numbers = Array.from({ length: deliveries }, (_, number) => number).values();
  const sendAll = async (): Promise<void> => {
    for (const number of numbers) await deliver(number, performance.now());
  };
  await Promise.all(Array.from({ length: senders }, sendAll));
}

async function atRate(deliveries: number, rate: number, deliver: Deliver): Promise<void> {
  const started = performance.now();
  const sent: Promise<void>[] = [];
  while (sent.length < deliveries) {
    const due = Math.min(Math.floor(((performance.now() - started) / 1_000) * rate) + 1, deliveries);
    while (sent.length < due) sent.push(deliver(sent.length, started + (sent.length / rate) * 1_000));
    await sleep(2);
  }
  await Promise.all(sent);
}

interface Answer {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

function post(agent: Agent, url: string, journal: string, number: number): Promise<Answer> {
  const { headers, body } = signers.github(JSON.stringify({ journal, number }));
  const options = { method: "POST", agent, headers: { ...headers, "x-github-delivery": `storm-${number}` } };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(url, options, (response) => {
    const { statusCode: status, headers: answered } = response;
    text(response).then((said) => resolve({ status, retryAfter: answered["retry-after"], body: said }), reject);
  });
  outgoing.once("error", reject);
  outgoing.end(body);
  return promise;
}
