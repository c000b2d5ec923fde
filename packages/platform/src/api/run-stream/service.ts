import { fromBinary, toBinary, create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import {
  ActionDetailsSchema,
  CreateRunRequestSchema,
  RunSchema,
  type ExchangeRequest,
  type ExchangeResponseSchema,
  type FollowRun,
  type RunStreamService,
  type StartRun,
} from "@appenv/protocol/tasks";
import { auditKey, type Audit } from "../access/audit.ts";
import { mayFollow, mayRun } from "../access/authority.ts";
import { principalKey, type Principal } from "../access/principal.ts";
import { throwIfClosing, toConnectError } from "../rpc/errors.ts";
import { actionState } from "../run/details.ts";
import { runMessage } from "../run/messages.ts";
import { readNewRun, type CreateRunContext } from "../run/create-run.ts";
import type { RunReader } from "../run/run-reader.ts";
import { RunAnswers } from "./answers.ts";

type Response = MessageInitShape<typeof ExchangeResponseSchema>;

/** Maximum runs of a stream that are being stored; a client that sends more is not read until there are fewer. */
const mostStarting = 1_000;
/** Maximum runs that a stream waits for. */
const mostFollowed = 100_000;

/** Starts runs and sends their outcomes, many over one stream: see `run_stream.proto`. */
export function runStreamService(reader: RunReader, creating: CreateRunContext): ServiceImpl<typeof RunStreamService> {
  return {
    exchange: (requests, { signal, values }) =>
      exchange(new RunExchange(reader, creating, values.get(principalKey), values.get(auditKey)), requests, signal),
  };
}

async function* exchange(
  runs: RunExchange,
  requests: AsyncIterable<ExchangeRequest>,
  signal: AbortSignal,
): AsyncGenerator<Response> {
  const { answers } = runs;
  signal.addEventListener("abort", answers.end);
  if (signal.aborted) answers.end();
  try {
    // The platform has heard of this stream.
    yield {};
    runs.read(requests).then(answers.end, answers.end);
    for (;;) {
      const batch = await answers.take();
      if (batch === undefined) return throwIfClosing(signal);
      yield runs.response(batch);
    }
  } finally {
    signal.removeEventListener("abort", answers.end);
    runs.close();
  }
}

/** The requests of one client, and their answers. */
class RunExchange {
  readonly answers: RunAnswers = new RunAnswers();
  readonly #reader: RunReader;
  readonly #creating: CreateRunContext;
  readonly #principal: Principal | undefined;
  readonly #audit: Audit;
  readonly #unfollow: Map<number, () => void> = new Map();
  #starting = 0;
  #closed = false;
  #fewer: (() => void) | undefined;

  constructor(reader: RunReader, creating: CreateRunContext, principal: Principal | undefined, audit: Audit) {
    this.#audit = audit;
    this.#reader = reader;
    this.#creating = creating;
    this.#principal = principal;
  }

  /** Takes the client's requests. Resolves when it has sent all, and every run is accepted or refused. */
  async read(requests: AsyncIterable<ExchangeRequest>): Promise<void> {
    for await (const { starts, follows } of requests) {
      for (const follow of follows) this.#answer(follow.call, () => this.#follow(follow));
      for (const start of starts) void this.#start(start);
      await this.#until(mostStarting);
    }
    await this.#until(0);
  }

  /** Answers as a message. */
  response({ started, ended, refused }: NonNullable<Awaited<ReturnType<RunAnswers["take"]>>>): Response {
    const tasks = this.#reader.tasks();
    return {
      started: started.map(({ call, run }) => ({
        call,
        run: toBinary(RunSchema, create(RunSchema, runMessage(run, tasks))),
      })),
      ended: ended.map(({ call, end: { root, outputs } }) => ({
        call,
        action: toBinary(ActionDetailsSchema, create(ActionDetailsSchema, actionState(root))),
        ...(outputs === undefined ? {} : { outputs }),
      })),
      refused: refused.map(({ call, error }) => refusal(call, toConnectError(error))),
    };
  }

  close(): void {
    this.#closed = true;
    this.answers.end();
    for (const unfollow of this.#unfollow.values()) unfollow();
    this.#fewer?.();
  }

  async #start({ call, request, idempotencyKey }: StartRun): Promise<void> {
    this.#starting += 1;
    try {
      const asked = fromBinary(CreateRunRequestSchema, request);
      mayRun(this.#principal, asked);
      const change = { principal: this.#principal, method: "flyteidl2.workflow.RunService/CreateRun", message: asked };
      const run = await this.#audit.record(change, async () =>
        this.#reader.engine.createRun(await readNewRun(asked, idempotencyKey, this.#creating)),
      );
      this.answers.started({ call, run });
    } catch (error) {
      this.answers.refused({ call, error });
    }
    this.#starting -= 1;
    this.#fewer?.();
  }

  #follow(follow: FollowRun): void {
    const { call, project, domain, run } = follow;
    mayFollow(this.#principal, follow);
    const id = { project, domain, run };
    let isOver = false;
    if (this.#unfollow.size >= mostFollowed) throw tooMany();
    const unfollow = this.#reader.engine.follow(id, (end) => {
      this.#unfollow.delete(call);
      this.answers.ended({ call, end });
      isOver = true;
    });
    if (!isOver) this.#unfollow.set(call, unfollow);
  }

  #answer(call: number, begin: () => void): void {
    try {
      begin();
    } catch (error) {
      this.answers.refused({ call, error });
    }
  }

  async #until(most: number): Promise<void> {
    while (this.#starting > most && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#fewer = resolve;
      });
    }
  }
}

function tooMany(): ConnectError {
  return new ConnectError(`A stream follows at most ${mostFollowed} runs at once.`, Code.ResourceExhausted);
}

function refusal(call: number, error: ConnectError): NonNullable<Response["refused"]>[number] {
  return { call, code: error.code, message: error.rawMessage, metadata: Object.fromEntries(error.metadata) };
}
