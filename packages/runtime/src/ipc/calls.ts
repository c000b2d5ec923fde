import { unexpected } from "@appenv/core/internal";

/** The questions that one end of a channel may ask the other: of each kind, the question and its answer. */
export type CallKinds = Readonly<Record<string, { readonly question: unknown; readonly answer: unknown }>>;

/** A question on its way. */
export type Ask<Kinds extends CallKinds> = {
  readonly [Kind in keyof Kinds & string]: {
    readonly type: "ask";
    /** Repeated by the answer. */
    readonly call: number;
    readonly kind: Kind;
    readonly question: Kinds[Kind]["question"];
  };
}[keyof Kinds & string];

/** An answer on its way; without `answer` if there is none, and with the handle beside it if that is the answer. */
export interface Answer {
  readonly type: "answer";
  readonly call: number;
  readonly answer?: unknown;
}

/** Answers one kind of question. The handle that came with a question is sent back by returning it. */
export type Answerer<Kinds extends CallKinds, Kind extends keyof Kinds> = (
  question: Kinds[Kind]["question"],
  handle: unknown,
) => Kinds[Kind]["answer"] | Promise<Kinds[Kind]["answer"]>;

/** Sends a message to the other end, with a handle beside it. */
export type SendCall<Kinds extends CallKinds> = (message: Ask<Kinds> | Answer, handle: unknown) => void;

/**
 * Questions and answers over a channel between two processes, for either end of it. A question that is not answered in
 * time, that nobody can answer, or whose other end is gone is answered with `undefined`: asking never rejects.
 */
export class Calls<Asked extends CallKinds, Answered extends CallKinds> {
  readonly #send: SendCall<Asked>;
  readonly #open: Map<number, (answer: unknown) => void> = new Map();
  readonly #answerers: Map<string, Answerer<CallKinds, string>> = new Map();
  #last = 0;
  #isClosed = false;

  constructor(send: SendCall<Asked>) {
    this.#send = send;
  }

  /** Asks the other end; undefined without an answer within `limitMs`, in milliseconds. */
  async ask<Kind extends keyof Asked & string>(
    kind: Kind,
    question: Asked[Kind]["question"],
    limitMs: number,
    handle?: unknown,
  ): Promise<Asked[Kind]["answer"] | undefined> {
    if (this.#isClosed) return undefined;
    const call = (this.#last += 1);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#open.set(call, resolve);
    const timer = setTimeout(() => this.#settle(call, undefined), limitMs);
    this.#send({ type: "ask", call, kind, question } as Ask<Asked>, handle);
    const answer = await promise;
    clearTimeout(timer);
    return answer;
  }

  /** Has questions of a kind answered. One that comes before its kind has an answerer is answered with nothing. */
  answer<Kind extends keyof Answered & string>(kind: Kind, answerer: Answerer<Answered, Kind>): void {
    this.#answerers.set(kind, answerer as never);
  }

  /** Takes a message of the other end. Code of a user may share the channel, so its questions may be anything. */
  receive(message: Ask<Answered> | Answer, handle: unknown): void {
    if (message.type === "answer") {
      const isAwaited = this.#settle(message.call, handle ?? message.answer);
      // A handle that comes too late stays open unless it is closed here.
      if (!isAwaited) (handle as { close?(): void } | undefined)?.close?.();
      return;
    }
    try {
      const answer = this.#answerers.get(message.kind)?.(message.question, handle);
      if (!(answer instanceof Promise)) return this.#reply(message.call, answer, handle);
      answer.then(
        (settled) => this.#reply(message.call, settled, handle),
        (error: unknown) => this.#fail(message, error),
      );
    } catch (error) {
      this.#fail(message, error);
    }
  }

  /** The other end is gone: open questions are answered with nothing, and so are later ones. */
  close(): void {
    this.#isClosed = true;
    for (const call of this.#open.keys()) this.#settle(call, undefined);
  }

  /** Answers true if the call was still open. */
  #settle(call: number, answer: unknown): boolean {
    const resolve = this.#open.get(call);
    this.#open.delete(call);
    resolve?.(answer);
    return resolve !== undefined;
  }

  #reply(call: number, answer: unknown, handle: unknown): void {
    const isHandle = handle !== undefined && answer === handle;
    this.#send(isHandle ? { type: "answer", call } : { type: "answer", call, answer }, isHandle ? handle : undefined);
  }

  #fail({ call, kind }: Ask<Answered>, error: unknown): void {
    unexpected(`a question about '${String(kind)}' of another process`, error);
    this.#reply(call, undefined, undefined);
  }
}
