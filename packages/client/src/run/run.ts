import {
  AppEnvError,
  type ControlPlaneOptions,
  type Duration,
  type ReadToken,
  type ReadTokenOptions,
  type RunHandle,
  type RunPhase,
  type RunSnapshot,
} from "@appenv/core";
import { checkOptions, durationMs, type OptionNames } from "@appenv/core/internal";
import { decodeOutput, toActionIdentifier, toRunIdentifier } from "@appenv/protocol/tasks";
import { connect, connectOptionNames } from "../control-plane/connect.ts";
import { held, heldStream } from "../control-plane/held.ts";
import { hasSucceeded, isFinal, readAction, readState } from "./action.ts";
import { taskApi } from "./api.ts";
import { deleteRun } from "./control/change-runs.ts";
import { runError } from "./failure.ts";
import { listRuns, runListOptionNames, type RunListOptions } from "./list-runs.ts";
import { createReadToken } from "./read-token.ts";
import { readRunReasons, type Reasons } from "./reasons.ts";
import { RunContents } from "./run-contents.ts";
import { root } from "./run-facts.ts";
import { followRun, watchAction } from "./watch.ts";
import { watchSnapshots } from "./watch-snapshots.ts";

/** Options of `Run.wait`. */
export interface RunWaitOptions {
  /** A limit of the waiting. Default: none. */
  readonly timeout?: Duration;
  /** Stops waiting; `wait` then throws its reason. */
  readonly signal?: AbortSignal;
  /** Makes a run that did not succeed an error. Default true. */
  readonly throws?: boolean;
}

const waitNames: OptionNames<RunWaitOptions> = { timeout: true, signal: true, throws: true };

/** Options of `Run.watch`. */
interface RunWatchOptions {
  /** Stops watching. */
  readonly signal?: AbortSignal;
}

const watchNames: OptionNames<RunWatchOptions & { readonly progress?: boolean }> = { signal: true, progress: true };

/**
 * A run, as it was last read. Waiting for it and following it survive a restart of the platform.
 * Source: Flyte's `remote.Run`.
 */
export class Run<Output = unknown> extends RunContents implements RunHandle<Output> {
  /** `task.Outputs`, if they came with its end. */
  #outputs: Uint8Array | undefined;

  /** @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  static async get(name: string, options: ControlPlaneOptions = {}): Promise<Run> {
    checkOptions(options, "Run.get", connectOptionNames);
    const controlPlane = await connect(options);
    const runId = toRunIdentifier({ project: controlPlane.project, domain: controlPlane.domain, run: name });
    const { details } = await held(controlPlane, () => taskApi(controlPlane).runs.getRunDetails({ runId }));
    const labels = details?.runSpec?.labels?.values ?? {};
    if (details?.action !== undefined) return new Run(controlPlane, details.action, { labels });
    throw new AppEnvError("NOT_FOUND", `There is no run '${name}' in ${controlPlane.project}/${controlPlane.domain}.`);
  }

  /** Runs of a project and domain, the newest first. @throws AppEnvError UNREACHABLE. */
  static async list(options: RunListOptions = {}): Promise<readonly Run[]> {
    checkOptions(options, "Run.list", runListOptionNames);
    const controlPlane = await connect(options);
    const messages = await held(controlPlane, () => listRuns(controlPlane, options));
    return messages.map((message) => new Run(controlPlane, message));
  }

  /** The reasons why runs of a list failed or wait, by their names; a Flyte cluster does not tell. @throws AppEnvError UNREACHABLE. */
  static async reasons(runs: readonly Run[]): Promise<Reasons> {
    const [first] = runs;
    if (first === undefined) return new Map();
    const controlPlane = first.controlPlane;
    return held(controlPlane, () =>
      readRunReasons(
        controlPlane,
        runs.map(({ id }) => id),
      ),
    );
  }

  /**
   * Waits until it has ended. Resolves with its final phase.
   *
   * @throws AppEnvError TASK_FAILED with the task's own error as its cause, ABORTED, TIMED_OUT (also of `timeout`).
   */
  async wait(options: RunWaitOptions = {}): Promise<RunPhase> {
    checkOptions(options, "Run.wait", waitNames);
    const { timeout, signal, throws = true } = options;
    const limitMs = timeout === undefined ? undefined : durationMs(timeout, "timeout");
    const limit = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs);
    const signals = [signal, limit].filter((item) => item !== undefined);
    await this.#untilEnded(signals.length === 0 ? undefined : AbortSignal.any(signals));
    if (!isFinal(this.phase)) {
      signal?.throwIfAborted();
      throw new AppEnvError("TIMED_OUT", `'${this.name}' is ${this.phase} after ${(limitMs ?? 0) / 1000} s.`, {
        fix: "Wait longer; the run goes on.",
      });
    }
    if (throws) await this.#throwIfFailed();
    return this.phase;
  }

  /** Waits, and resolves with the task's output. @throws AppEnvError TASK_FAILED, ABORTED, TIMED_OUT. */
  async outputs(): Promise<Output> {
    await this.wait();
    const bytes = this.#outputs;
    if (bytes === undefined || this.interface === undefined) return (await this.values()).output as Output;
    return (bytes.length === 0 ? undefined : decodeOutput(this.interface.output, bytes)) as Output;
  }

  /**
   * Each change of its phase, beginning with the one it has; ends with the run. The other properties follow it. With
   * `progress` each change of the run as a whole: its phase, its progress and metadata, and those of its actions. A Flyte
   * cluster tells phases alone.
   *
   * @param options - `signal`: stops watching.
   * @throws AppEnvError NOT_FOUND.
   * @example
   * for await (const { phase, progress } of run1.watch({ progress: true })) console.log(phase, progress?.done);
   */
  watch(options: RunWatchOptions & { readonly progress: true }): AsyncGenerator<RunSnapshot>;
  watch(options?: RunWatchOptions & { readonly progress?: false }): AsyncGenerator<RunPhase>;
  watch(options: RunWatchOptions & { readonly progress?: boolean } = {}): AsyncGenerator<RunPhase | RunSnapshot> {
    checkOptions(options, "Run.watch", watchNames);
    const { signal, progress = false } = options;
    if (!progress) return this.#changesOfPhase(signal);
    const sources = {
      root,
      phase: this.phase,
      phases: (ending: AbortSignal) => this.#changesOfPhase(ending),
      progress: (ending: AbortSignal) => this.watchProgress({ signal: ending }),
    };
    return watchSnapshots(sources, signal);
  }

  async *#changesOfPhase(signal: AbortSignal | undefined): AsyncGenerator<RunPhase> {
    let last: RunPhase | undefined;
    for await (const phase of this.#watch(signal)) {
      if (phase !== last) yield phase;
      last = phase;
    }
  }

  /**
   * Makes a token with which anybody reads this run from the platform, until it expires: for pages of any origin. It cannot
   * be taken back before; with the run it ends too.
   *
   * @throws AppEnvError NOT_FOUND, INVALID_OPTION, UNSUPPORTED (on a Flyte cluster), PERMISSION_DENIED.
   * @example
   * const { token, url } = await run1.readToken({ expiresIn: "15m" });
   */
  readToken(options: ReadTokenOptions = {}): Promise<ReadToken> {
    return held(this.controlPlane, () => createReadToken(this.controlPlane, this.id, options));
  }

  /** Cancels it and everything below, or one action of it. Without effect if it has ended. @throws AppEnvError NOT_FOUND. */
  async abort(reason = "", action: string = root): Promise<void> {
    const { runs } = taskApi(this.controlPlane);
    await held<unknown>(this.controlPlane, () =>
      action === root
        ? runs.abortRun({ runId: toRunIdentifier(this.id), reason })
        : runs.abortAction({ actionId: toActionIdentifier(this.actionId(action)), reason }),
    );
  }

  /**
   * Deletes it with its actions, logs, files and results in the cache, once it has ended.
   *
   * @throws AppEnvError NOT_FOUND, RUN_IN_USE, UNSUPPORTED on a Flyte cluster.
   */
  delete(): Promise<void> {
    return deleteRun(this.controlPlane, this.id);
  }

  /**
   * Falls back to Flyte's stream where the platform's own is missing or breaks; that one is opened again until it
   * answers.
   */
  async #untilEnded(signal: AbortSignal | undefined): Promise<void> {
    const isOver = (): boolean => isFinal(this.phase) || signal?.aborted === true;
    if (isOver()) return;
    const end = await held(this.controlPlane, () => followRun(this.controlPlane, this.id, signal));
    if (end !== undefined) {
      this.root = { ...this.root, ...readState(end.details) };
      this.#outputs = end.outputs;
    }
    if (!isOver()) for await (const _ of this.#watch(signal)) if (isFinal(this.phase)) break;
  }

  #watch(signal: AbortSignal | undefined): AsyncGenerator<RunPhase> {
    return heldStream(this.controlPlane, () => this.#phases(signal));
  }

  async *#phases(signal: AbortSignal = new AbortController().signal): AsyncGenerator<RunPhase> {
    if (isFinal(this.phase)) yield this.phase;
    else {
      for await (const details of watchAction(this.controlPlane, this.actionId(root), signal)) {
        this.root = readAction(details);
        yield this.phase;
      }
    }
  }

  async #throwIfFailed(): Promise<void> {
    if (hasSucceeded(this.phase)) return;
    // A list of runs does not say why.
    this.root = this.failure === undefined ? await this.action(root) : this.root;
    throw runError(this.name, this.phase, this.failure);
  }
}
