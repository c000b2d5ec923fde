import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import {
  type EndedRun,
  type ExchangeRequest,
  ExchangeRequestSchema,
  type ExchangeResponse,
  RunStreamService,
  type StartedRun,
} from "@appenv/protocol/tasks";
import { callerCredentials } from "@appenv/core/internal";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { callError } from "../transport/errors.ts";

/** A stream that nobody needs ends after this time, in milliseconds; until then it keeps the process up. */
const lingerMs = 50;
/** Maximum bytes of requests in one message. */
const mostBytes = 1024 * 1024;

type Request = MessageInitShape<typeof ExchangeRequestSchema>;
type Start = NonNullable<Request["starts"]>[number] & { readonly request: Uint8Array };
type Follow = NonNullable<Request["follows"]>[number];

/** A call that waits for its answer. */
interface Call {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Starts runs and reports their ends, for all of this process over one stream: a call for each would cost both sides many
 * times as much. It is opened when it is needed, and ends when nobody waits any more.
 */
export class RunStream {
  readonly #transport: Transport;
  readonly #endpoint: string;
  readonly #calls: Map<number, Call> = new Map();
  #starts: Start[] = [];
  #follows: Follow[] = [];
  #last = 0;
  #opened: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #linger: NodeJS.Timeout | undefined;
  #done = false;

  constructor(transport: Transport, endpoint: string) {
    this.#transport = transport;
    this.#endpoint = endpoint;
  }

  /** True after it has ended; then another one is needed. */
  get done(): boolean {
    return this.#done;
  }

  /**
   * Resolves when the platform has answered; nothing is sent before.
   *
   * @throws AppEnvError UNREACHABLE; UNSUPPORTED or CONTROL_PLANE if it knows no such stream.
   */
  open(): Promise<void> {
    return (this.#opened ??= this.#open());
  }

  /** Starts a run. Resolves when it is on disk. @throws AppEnvError as `startRun`, and UNREACHABLE. */
  start(request: Uint8Array, idempotencyKey: string): Promise<StartedRun> {
    return this.#call((call) => this.#starts.push({ call, request, idempotencyKey }));
  }

  /** Resolves when a run has ended. @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  follow({ project, domain, run }: RunId): Promise<EndedRun> {
    return this.#call((call) => this.#follows.push({ call, project, domain, run }));
  }

  #call<T>(ask: (call: number) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    clearTimeout(this.#linger);
    this.#linger = undefined;
    this.#last = (this.#last + 1) % 2 ** 32;
    this.#calls.set(this.#last, { resolve, reject });
    ask(this.#last);
    this.#wake?.();
    return promise;
  }

  async #open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    void this.#read(resolve).then(
      () => this.#end(new ConnectError("the stream has ended", Code.Unavailable), reject),
      (error: unknown) => this.#end(error, reject),
    );
    return promise;
  }

  async #read(opened: () => void): Promise<void> {
    const { exchange } = createClient(RunStreamService, this.#transport);
    const answered = Promise.withResolvers<void>();
    for await (const response of exchange(this.#requests(answered.promise))) {
      answered.resolve();
      opened();
      this.#answer(response);
      this.#rest();
    }
  }

  /** Sends the calls that come in one turn of the event loop in one message. */
  async *#requests(answered: Promise<void>): AsyncGenerator<ExchangeRequest> {
    await answered;
    while (!this.#done) {
      if (this.#starts.length === 0 && this.#follows.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
        await new Promise(setImmediate);
        continue;
      }
      const follows = this.#follows;
      this.#follows = [];
      yield create(ExchangeRequestSchema, { starts: this.#takeStarts(), follows });
    }
  }

  #takeStarts(): Start[] {
    let bytes = 0;
    const next = this.#starts.findIndex(({ request }) => (bytes += request.byteLength) > mostBytes);
    return this.#starts.splice(0, next === -1 ? this.#starts.length : Math.max(next, 1));
  }

  #answer({ started, ended, refused }: ExchangeResponse): void {
    for (const answer of [...started, ...ended]) this.#take(answer.call)?.resolve(answer as never);
    for (const { call, code, message, metadata } of refused) {
      this.#take(call)?.reject(callError(new ConnectError(message, code, metadata), this.#endpoint));
    }
  }

  #take(number: number): Call | undefined {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    return call;
  }

  #rest(): void {
    if (this.#calls.size > 0 || this.#linger !== undefined) return;
    this.#linger = setTimeout(() => this.#end(new AppEnvError("UNREACHABLE", "Nobody waits any more.")), lingerMs);
  }

  #end(error: unknown, alsoTold: (error: unknown) => void = () => {}): void {
    this.#done = true;
    clearTimeout(this.#linger);
    this.#wake?.();
    alsoTold(callError(error, this.#endpoint));
    const lost = this.#lost(error);
    for (const { reject } of this.#calls.values()) reject(lost);
    this.#calls.clear();
  }

  /** The error of all open calls: HTTP/2 has many names for a connection that is gone. */
  #lost(error: unknown): AppEnvError {
    const reason = callError(error, this.#endpoint);
    if (reason.code === "UNREACHABLE") return reason;
    const message = `The control plane at ${this.#endpoint} does not answer any more: ${reason.message}`;
    return new AppEnvError("UNREACHABLE", message, { cause: reason });
  }
}

/** Time for which calls do without a stream after one could not be opened, in milliseconds. */
const withoutMs = 1_000;

interface Known {
  readonly stream: RunStream;
  /** By `performance.now()`; undefined while it is open or being opened. */
  failedAt?: number;
}

const streams = new WeakMap<Transport, Known>();

/**
 * The stream of this process to a control plane; undefined where there is none: then calls of Flyte's own services do
 * the same.
 */
export async function runStream({ embedded, duplex, endpoint }: ControlPlane): Promise<RunStream | undefined> {
  // The stream carries the credentials of the call that opened it.
  if (!embedded || callerCredentials() !== undefined) return undefined;
  for (;;) {
    const known = usable(duplex, endpoint);
    if (known.failedAt !== undefined) return undefined;
    try {
      await known.stream.open();
    } catch {
      known.failedAt ??= performance.now();
      return undefined;
    }
    if (!known.stream.done) return known.stream;
  }
}

function usable(transport: Transport, endpoint: string): Known {
  const known = streams.get(transport);
  const failed = known?.failedAt !== undefined;
  const isOver = failed ? performance.now() - (known.failedAt ?? 0) > withoutMs : known?.stream.done === true;
  if (known !== undefined && !isOver) return known;
  const fresh: Known = { stream: new RunStream(transport, endpoint) };
  streams.set(transport, fresh);
  return fresh;
}
