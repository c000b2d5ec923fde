import { channel } from "node:diagnostics_channel";
import { AppEnvError } from "@appenv/core";
import { durationMs, waitingChannel, type CallWaiting } from "@appenv/core/internal";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { isAlive } from "./alive.ts";
import { systemCode } from "./system-code.ts";

/** Time limits of calls, in milliseconds. */
export interface CallLimits {
  /** For a whole call; of a stream, for each silence after which the control plane is asked whether it is there. */
  readonly callMs: number;
  /** Time after which it is said that a call waits. */
  readonly noticeMs: number;
}

const defaultMs = { cluster: 30_000, embedded: 300_000 };
const noticeMs = 5_000;

/**
 * The limits of a process: APPENV_CALL_TIMEOUT, a duration, else 30 seconds.
 *
 * @param embedded - True for AppEnv's own platform, whose answer may wait for a replica to start: five minutes.
 * @throws AppEnvError INVALID_CONFIG.
 */
export function callLimits(embedded = false, env: NodeJS.ProcessEnv = process.env): CallLimits {
  const stated = env["APPENV_CALL_TIMEOUT"];
  if (stated === undefined || stated === "") {
    return { callMs: embedded ? defaultMs.embedded : defaultMs.cluster, noticeMs };
  }
  try {
    return { callMs: durationMs(stated, "APPENV_CALL_TIMEOUT"), noticeMs };
  } catch (error) {
    throw AppEnvError.from(error, "INVALID_CONFIG");
  }
}

/**
 * A transport whose calls end when the control plane says nothing: an endpoint may accept connections and never answer.
 * While a call waits, `waitingChannel` says so.
 */
export function limitCalls(transport: Transport, endpoint: string, { callMs, noticeMs: after }: CallLimits): Transport {
  return {
    unary: (method, signal, timeoutMs, ...rest) =>
      noticed(endpoint, after, transport.unary(method, signal, timeoutMs ?? callMs, ...rest)),
    async stream(method, signal, timeoutMs, ...rest) {
      const silence = new Silence(endpoint, callMs);
      const joined = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
      try {
        const response = await noticed(endpoint, after, transport.stream(method, joined, timeoutMs, ...rest));
        return { ...response, message: heard(response.message, silence) };
      } catch (error) {
        silence.stop();
        throw error;
      }
    },
  };
}

/** Ends a stream when nothing comes for a while, and the control plane does not answer other requests either. */
class Silence {
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #isHeard = false;

  constructor(endpoint: string, ms: number) {
    this.#timer = setInterval(() => {
      if (!this.#isHeard) void this.#check(endpoint, ms);
      this.#isHeard = false;
    }, ms);
    this.#timer.unref();
  }

  /** Aborted when the control plane is gone. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  note(): void {
    this.#isHeard = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #check(endpoint: string, ms: number): Promise<void> {
    if ((await isAlive(endpoint, Math.min(ms, 10_000))) || this.#isHeard) return;
    this.#stop.abort(new ConnectError(`nothing came for ${ms / 1_000} s`, Code.DeadlineExceeded));
  }
}

async function* heard<O extends DescMessage>(
  messages: AsyncIterable<MessageShape<O>>,
  silence: Silence,
): AsyncGenerator<MessageShape<O>> {
  try {
    for await (const message of messages) {
      silence.note();
      yield message;
    }
  } finally {
    silence.stop();
  }
}

const waiting = channel(waitingChannel);

/** Control planes whose last call found nobody: since when, and when it was said last. */
const down = new Map<string, { readonly since: number; said: number }>();

async function noticed<T>(endpoint: string, ms: number, call: Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const timer = setInterval(() => say(endpoint, startedAt), ms);
  try {
    const answer = await call;
    down.delete(endpoint);
    return answer;
  } catch (error) {
    if (systemCode(error) === undefined) down.delete(endpoint);
    else noteDown(endpoint, ms);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Calls that are repeated until the control plane is back wait for it as well. */
function noteDown(endpoint: string, ms: number): void {
  const now = Date.now();
  const known = down.get(endpoint) ?? { since: now, said: now };
  down.set(endpoint, known);
  if (now - known.said < ms) return;
  known.said = now;
  say(endpoint, known.since);
}

function say(endpoint: string, since: number): void {
  const seconds = Math.round((Date.now() - since) / 1_000);
  waiting.publish({ endpoint, seconds } satisfies CallWaiting);
}
