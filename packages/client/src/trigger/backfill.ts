import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import { checkOptions, controlPlaneOptionNames, type OptionNames } from "@appenv/core/internal";
import type { BackfillMessage } from "@appenv/protocol/tasks";
import { timestampDate, timestampFromDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { connect } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held, patiently } from "../control-plane/held.ts";
import { requirePlatform } from "../control-plane/require-platform.ts";
import { taskApi } from "../run/api.ts";

/** Options of `Trigger.backfill`. */
export interface BackfillOptions {
  /** The first firing is at this time or after it. */
  readonly from: Date;
  /** The last firing is before this time. Default: now. */
  readonly to?: Date;
  /** Maximum number of its runs at once. Default 1. */
  readonly concurrency?: number;
}

/** Options of waiting for a backfill. */
export interface BackfillWaitOptions {
  /** Called with each change, beginning with what is. */
  readonly onProgress?: (backfill: Backfill) => void;
  /** Stops waiting; `wait` then throws its reason. */
  readonly signal?: AbortSignal;
}

const names: OptionNames<BackfillOptions> = { from: true, to: true, concurrency: true };
const waitNames: OptionNames<BackfillWaitOptions> = { onProgress: true, signal: true };

/** The runs that a trigger would have started in a span of time, as they were when they were last read. */
export class Backfill {
  readonly #controlPlane: ControlPlane;
  readonly id: string;
  /** `environment.task`. */
  readonly task: string;
  readonly trigger: string;
  readonly from: Date;
  readonly to: Date;
  readonly concurrency: number;
  /** Number of firings in the span. */
  readonly total: number;
  readonly succeeded: number;
  /** Number of runs that did not succeed, and of firings that started none. */
  readonly failed: number;
  readonly phase: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";

  /** @internal Backfills come from `Trigger.backfill` and `Backfill.list`. */
  constructor(controlPlane: ControlPlane, message: BackfillMessage) {
    this.#controlPlane = controlPlane;
    this.id = String(message.id);
    this.task = message.trigger?.task ?? "";
    this.trigger = message.trigger?.name ?? "";
    this.from = dateOf(message.from);
    this.to = dateOf(message.to);
    this.concurrency = message.concurrency;
    this.total = message.total;
    this.succeeded = message.succeeded;
    this.failed = message.failed;
    this.phase = message.phase as Backfill["phase"];
  }

  /** The backfills of a project and domain, the newest first. @throws AppEnvError UNREACHABLE, UNSUPPORTED. */
  static async list(options: ControlPlaneOptions = {}): Promise<readonly Backfill[]> {
    checkOptions(options, "Backfill.list", controlPlaneOptionNames);
    const controlPlane = await connect(options);
    checkPlatform(controlPlane);
    const { project, domain } = controlPlane;
    const { backfills } = await held(controlPlane, () =>
      taskApi(controlPlane).backfills.listBackfills({ project, domain }),
    );
    return backfills.map((message) => new Backfill(controlPlane, message));
  }

  /** Waits until it has ended, also while the platform restarts, and resolves with it as it is then. */
  wait(options: BackfillWaitOptions = {}): Promise<Backfill> {
    checkOptions(options, "Backfill.wait", waitNames);
    const { signal } = options;
    return held(this.#controlPlane, () => patiently(this.#controlPlane, () => this.#follow(options), signal));
  }

  /** Starts no more runs; those that go on are left. Without effect if it has ended. @throws AppEnvError NOT_FOUND. */
  async abort(): Promise<void> {
    const { project, domain } = this.#controlPlane;
    const request = { project, domain, id: BigInt(this.id) };
    await held(this.#controlPlane, () => taskApi(this.#controlPlane).backfills.abortBackfill(request));
  }

  async #follow({ onProgress, signal }: BackfillWaitOptions): Promise<Backfill> {
    const { project, domain } = this.#controlPlane;
    const request = { project, domain, id: BigInt(this.id) };
    const messages = taskApi(this.#controlPlane).backfills.watchBackfill(
      request,
      signal === undefined ? {} : { signal },
    );
    for await (const { backfill } of messages) {
      if (backfill === undefined) continue;
      const now = new Backfill(this.#controlPlane, backfill);
      onProgress?.(now);
      if (now.phase !== "RUNNING") return now;
    }
    throw new AppEnvError("UNREACHABLE", `${this.#controlPlane.endpoint} ended the news of the backfill ${this.id}.`);
  }
}

/** Starts the runs that a trigger would have started. */
export async function startBackfill(
  controlPlane: ControlPlane,
  { task, name }: { readonly task: string; readonly name: string },
  options: BackfillOptions,
): Promise<Backfill> {
  checkOptions(options, "Trigger.backfill", names);
  checkPlatform(controlPlane);
  const { project, domain } = controlPlane;
  const { from, to = new Date(), concurrency = 1 } = options;
  const trigger = { project, domain, task, name };
  const request = { trigger, from: timestampFromDate(from), to: timestampFromDate(to), concurrency };
  const { backfill } = await held(controlPlane, () => taskApi(controlPlane).backfills.startBackfill(request));
  if (backfill !== undefined) return new Backfill(controlPlane, backfill);
  throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the backfill.`);
}

function checkPlatform(controlPlane: ControlPlane): void {
  requirePlatform(controlPlane, "Backfills", "Start the runs one by one, each with its time: `run(task, inputs)`.");
}

function dateOf(time: Timestamp | undefined): Date {
  return time === undefined ? new Date(0) : timestampDate(time);
}
