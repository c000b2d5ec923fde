import { type ActionProgress, AppEnvError, type RunPhase, type RunSnapshot } from "@appenv/core";
import { isFinal } from "./action.ts";

/** The two things that are followed; both end with the run, and when the signal is aborted. */
export interface SnapshotSources {
  /** The phase as it was last read. */
  readonly phase: RunPhase;
  /** Its phases, beginning with the present one. */
  readonly phases: (signal: AbortSignal) => AsyncGenerator<RunPhase>;
  readonly progress: (signal: AbortSignal) => AsyncGenerator<readonly ActionProgress[]>;
  /** The action whose progress is the run's. */
  readonly root: string;
}

type Words = readonly ActionProgress[];
type Step =
  | { readonly of: "phase"; readonly next: IteratorResult<RunPhase> }
  | { readonly of: "words"; readonly next: IteratorResult<Words> };

/** See `Run.watch` with `progress`. */
export async function* watchSnapshots(
  sources: SnapshotSources,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunSnapshot> {
  const leaving = new AbortController();
  const ending = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]);
  let now: Omit<RunSnapshot, "changed"> = { phase: sources.phase, progress: undefined, metadata: {} };
  try {
    for await (const change of changes(sources, ending)) {
      if (typeof change === "string") {
        now = { ...now, phase: change };
        yield { ...now, changed: [] };
        continue;
      }
      const own = change.find(({ action }) => action === sources.root);
      if (own !== undefined) now = { ...now, progress: own.progress, metadata: own.metadata };
      yield { ...now, changed: change };
    }
  } finally {
    leaving.abort();
  }
}

/** Both as they come; the last words of the actions come before the end of the run. */
async function* changes(sources: SnapshotSources, signal: AbortSignal): AsyncGenerator<RunPhase | Words> {
  const [phases, words] = [sources.phases(signal), sources.progress(signal)];
  const nextPhase = async (): Promise<Step> => ({ of: "phase", next: await phases.next() });
  const nextWords = async (): Promise<Step> => ({ of: "words", next: await untold(words.next()) });
  const steps = new Map<Step["of"], Promise<Step>>([
    ["words", nextWords()],
    ["phase", nextPhase()],
  ]);
  let last: RunPhase | undefined;
  try {
    while (steps.size > 0) {
      const { of, next } = await Promise.race(steps.values());
      // Without an end it was aborted.
      if (of === "phase" && next.done === true) return;
      if (of === "phase" && isFinal(next.value)) last = next.value;
      const isOver = next.done === true || next.value === last;
      if (isOver) steps.delete(of);
      else {
        steps.set(of, of === "phase" ? nextPhase() : nextWords());
        yield next.value;
      }
    }
    if (last !== undefined) yield last;
  } finally {
    for (const step of steps.values()) step.catch(() => {});
    // One that has given what nobody takes any more would hold its connection for ever.
    for (const source of [phases, words]) source.return(undefined).catch(() => {});
  }
}

/** A Flyte cluster tells no progress. */
async function untold(next: Promise<IteratorResult<Words>>): Promise<IteratorResult<Words>> {
  try {
    return await next;
  } catch (error) {
    if (!AppEnvError.is(error, "UNSUPPORTED")) throw error;
    return { done: true, value: undefined };
  }
}
