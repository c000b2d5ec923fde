import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import {
  FailedChangeSchema,
  type ChangeRunsRequest,
  type ChangeRunsResponseSchema,
  type FailedChange,
} from "@appenv/protocol/tasks";
import type { RunFilter, TaskEngine } from "@appenv/engine";
import type { CreateRunContext } from "../run/create-run.ts";
import type { RunReader } from "../run/run-reader.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import { readChange, type RunChange } from "./change-run.ts";
import { namedRuns, readSelection } from "./selection.ts";

type Answer = MessageInitShape<typeof ChangeRunsResponseSchema>;

/** Runs that are changed at once. */
const atOnce = 64;
/** Runs that are read at once while they are selected. */
const pageSize = 500;
/** Shortest time between two answers, in milliseconds. */
const tellMs = 150;
/** Maximum failures that are told; the others are counted. */
const mostFailures = 100;

/** Changes all runs that a filter selects, and says how far it is, until `signal` is aborted. */
export async function* changeRuns(
  request: ChangeRunsRequest,
  reader: RunReader,
  creating: CreateRunContext,
  signal: AbortSignal,
): AsyncGenerator<Answer> {
  const { selection, dryRun } = request;
  const change = readChange(request, reader, creating);
  const filter = readSelection(selection);
  const meant = { ...filter, ...(filter.phases === undefined && change.phases && { phases: change.phases }) };
  const selected: RunId[] = [...namedRuns(selection)];
  if (selected.length === 0) {
    for await (const runs of select(reader.engine, meant, change, signal)) {
      for (const run of runs) selected.push(run);
      yield { selected: selected.length };
    }
  }
  const progress = new Progress(selected.length);
  yield progress.take();
  if (dryRun) return;
  const work = Promise.all(Array.from({ length: atOnce }, () => applyAll(change, selected, progress, signal)));
  for (let over = false; !over && !signal.aborted;) {
    over = await Promise.race([work.then(() => true), pause(tellMs, signal)]);
    yield progress.take();
  }
  throwIfClosing(signal);
}

/** The runs of a filter, the newest first, without those that are started meanwhile, or that the same change has started before. */
async function* select(
  engine: Pick<TaskEngine, "listRuns">,
  filter: RunFilter,
  { made }: RunChange,
  signal: AbortSignal,
): AsyncGenerator<readonly RunId[]> {
  let token = "";
  do {
    const page = engine.listRuns(filter, { limit: pageSize, token });
    yield page.items.filter((run) => made?.(run) !== true).map(({ id }) => id);
    token = page.token;
    // Others come in between.
    await new Promise<void>((resolve) => void setImmediate(resolve));
  } while (token !== "" && !signal.aborted);
}

/** Takes runs from the end of the list, the oldest first, until none is left. */
async function applyAll(change: RunChange, left: RunId[], progress: Progress, signal: AbortSignal): Promise<void> {
  for (let run = left.pop(); run !== undefined && !signal.aborted; run = left.pop()) {
    try {
      await change.apply(run);
      progress.done += 1;
    } catch (error) {
      progress.fail(run, error);
    }
  }
}

class Progress {
  readonly #selected: number;
  #failed = 0;
  #failures: FailedChange[] = [];
  #told = 0;
  done = 0;

  constructor(selected: number) {
    this.#selected = selected;
  }

  fail(run: RunId, error: unknown): void {
    this.#failed += 1;
    if (this.#told + this.#failures.length >= mostFailures) return;
    const { code, message } = AppEnvError.from(error, "UNEXPECTED");
    this.#failures.push(create(FailedChangeSchema, { run, code, message }));
  }

  /** The numbers of now, and the failures since the last call. */
  take(): Answer {
    const failures = this.#failures;
    this.#failures = [];
    this.#told += failures.length;
    return { selected: this.#selected, done: this.done, failed: this.#failed, failures };
  }
}

/** Resolves after a time, or at once when the caller has gone. */
function pause(ms: number, signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(false);
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
