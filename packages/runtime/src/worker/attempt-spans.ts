import {
  attemptSpan,
  coldAttemptSpan,
  inSpan,
  isTraced,
  openSpan,
  phaseAttributes,
  queueSpan,
  waitSpan,
  type OpenSpan,
  type SpanStart,
  type TracedAction,
  type TraceHeaders,
} from "@appenv/core/internal";
import type { ActionOutcome } from "../ipc/action-messages.ts";
import type { AttemptResult, AttemptStart, WorkerStart } from "../ipc/worker-messages.ts";
import type { Batcher } from "./batcher.ts";

/** The parts of an attempt that its span tells of. */
export interface TracedAttempt {
  readonly start: AttemptStart;
  /** `environment.task`. */
  readonly task: string;
  readonly home: {
    /** The time at which the worker could take attempts, in milliseconds since 1970. */
    readonly readyAt: number;
    readonly worker: Pick<WorkerStart, "project" | "domain" | "askedAt">;
    readonly batcher: Pick<Batcher, "say">;
  };
}

const phases = {
  succeeded: "SUCCEEDED",
  failed: "FAILED",
  aborted: "ABORTED",
  "timed-out": "TIMED_OUT",
  missing: "MISSING",
} as const;

/** Runs an attempt in its span, below that of its action. Without an SDK it just runs. */
export function inAttemptSpan(
  attempt: TracedAttempt,
  run: () => Promise<AttemptResult["outcome"]>,
): Promise<AttemptResult["outcome"]> {
  if (!isTraced()) return run();
  const { start, task, home } = attempt;
  const { project, domain } = home.worker;
  const action = { project, domain, run: start.run, action: start.action, task };
  const above = start.trace ?? begin(action, attempt);
  tellQueue(action, attempt, above);
  return inActionSpan(() => attemptSpan(action, start.attempt, above), run);
}

/** Waits for an outcome in a span, which tells it. */
export function inActionSpan<Outcome extends ActionOutcome>(
  start: () => SpanStart,
  run: (span: OpenSpan | undefined) => Promise<Outcome>,
): Promise<Outcome> {
  return inSpan(start, async (span) => {
    const outcome = await run(span);
    span?.set(phaseAttributes(phases[outcome.type]));
    if ("error" in outcome) span?.failWith(outcome.error);
    return outcome;
  });
}

/** Tells the time in the queue and, below it, that in which the worker was started. On a cluster both are Kubernetes' matter, and unknown. */
function tellQueue(action: TracedAction, { start, home }: TracedAttempt, above: TraceHeaders | undefined): void {
  const { attempt, queuedAt } = start;
  if (queuedAt === undefined) return;
  const span = openSpan(() => queueSpan(action, attempt, { above, startedAt: queuedAt }));
  const { worker, readyAt } = home;
  const startedAt = Math.max(queuedAt, worker.askedAt ?? readyAt);
  if (readyAt > startedAt) span?.run(() => openSpan(() => coldAttemptSpan(action, startedAt))?.end(readyAt));
  span?.end();
}

/** Begins the trace of a run that nobody with an SDK has started. The platform keeps it for the attempts to come. */
function begin(action: TracedAction, { start, home }: TracedAttempt): TraceHeaders | undefined {
  const span = openSpan(() => waitSpan(action, start.queuedAt));
  // It ends here, so that no kill loses it.
  span?.end();
  const trace = span?.trace;
  if (trace !== undefined) home.batcher.say({ type: "trace", attempt: start.id, trace });
  return trace;
}
