import type { IncomingHttpHeaders } from "node:http";
import type { Replay } from "@appenv/core/internal";
import type { RunHandle, RunOptions, TaskFunction } from "@appenv/core";
import { emptyAnswer, jsonAnswer, webAnswer, type Answer } from "../http/answer.ts";
import { startRun } from "../tasks/start-run.ts";

/** The options of a run of a delivery. */
export interface EventRunOptions extends Omit<RunOptions, "idempotencyKey"> {
  /** Tells the runs of one delivery apart, if it starts several. Default: it starts one. */
  readonly part?: string;
}

/** The arguments of `event.run` after the task. */
export type EventRunArguments<Input> = void extends Input
  ? [inputs?: Input, options?: EventRunOptions]
  : [inputs: Input, options?: EventRunOptions];

/** A delivery whose signature was right. */
export interface WebhookEvent<Payload = unknown, Type extends string = string> {
  /** The delivery's id: the same each time it is sent. */
  readonly id: string;
  /** The name of its source. */
  readonly source: string;
  /** The type of the event in the source's words, for example `push`; empty if it does not say. */
  readonly type: Type;
  /** The payload as its schema puts it out; without a schema, JSON, the fields of a form, or text. */
  readonly payload: Payload;
  readonly headers: IncomingHttpHeaders;
  /** The body, byte for byte. */
  readonly rawBody: Buffer;
  /**
   * The delivery on the platform that somebody replays; undefined: its sender sends it. A replay was verified when it came, and its
   * runs are new ones.
   */
  readonly replayOf: string | undefined;
  /**
   * Starts a run, once for this delivery: sent again, it gives the same run. Run and delivery are recorded together.
   *
   * @throws AppEnvError INVALID_INPUT, IDEMPOTENCY_CONFLICT if the delivery has started another run without `part`.
   */
  run<Input, Output>(
    task: TaskFunction<Input, Output>,
    ...rest: EventRunArguments<NoInfer<Input>>
  ): Promise<RunHandle<Output>>;
}

/** The parts of a delivery that make its event. */
type Delivered = Omit<WebhookEvent, "run" | "replayOf">;

/** An event, and the runs that were started with it so far. */
export interface FollowedEvent {
  readonly event: WebhookEvent;
  readonly runs: readonly RunHandle[];
}

/** Makes the event of a delivery. @param replay - The replay that it is. */
export function followedEvent(delivered: Delivered, replay?: Replay): FollowedEvent {
  const runs: RunHandle[] = [];
  const start = async (task: TaskFunction, inputs?: unknown, options: EventRunOptions = {}): Promise<RunHandle> => {
    const run = await startRun(task, inputs, runOptions(delivered, replay, options));
    runs.push(run);
    return run;
  };
  return { event: { ...delivered, replayOf: replay?.of, run: start as unknown as WebhookEvent["run"] }, runs };
}

/** A replay is meant to do its work once more: it has a key of its own. */
function runOptions(
  { source, id }: Delivered,
  replay: Replay | undefined,
  { part, ...options }: EventRunOptions,
): RunOptions {
  const key = ["webhook", source, id, replay?.id, part].filter((word) => word !== undefined).join(":");
  const marked = replay === undefined ? {} : { "webhook-replay": replay.of };
  const labels = { "webhook-source": source, "webhook-delivery": id, ...marked, ...options.labels };
  return { ...options, labels, idempotencyKey: key };
}

/**
 * The answer to a delivery: what the handler returned, or else the run it started (202), or else nothing (204).
 * A handler that returns the run itself asks for nothing else.
 */
export function answerOf(given: unknown, { runs }: FollowedEvent): Promise<Answer> | Answer {
  if (given instanceof Response) return webAnswer(given);
  const [first] = runs;
  if (given !== undefined && !runs.includes(given as RunHandle)) return jsonAnswer(200, given);
  if (first === undefined) return emptyAnswer(204);
  const more = runs.length === 1 ? {} : { runs: runs.map(shown) };
  return jsonAnswer(202, { run: shown(first), ...more });
}

function shown({ name, url }: RunHandle): { readonly name: string; readonly url: string } {
  return { name, url };
}
