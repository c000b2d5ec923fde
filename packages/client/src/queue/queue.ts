import type { ControlPlaneOptions } from "@appenv/core";
import { checkOptions, type OptionNames } from "@appenv/core/internal";
import type { GetQueueResponse, Queue as QueueMessage } from "@appenv/protocol/tasks";
import { connect, connectOptionNames } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held, heldStream } from "../control-plane/held.ts";
import { requirePlatform } from "../control-plane/require-platform.ts";
import { taskApi } from "../run/api.ts";

/** Options of `Queue.get`. */
export interface QueueGetOptions extends ControlPlaneOptions {
  /** Maximum number of keys, from those of which most wait. Default 20, at most 1000. */
  readonly keys?: number;
  /** Maximum number of waiting actions. Default 50, at most 1000. */
  readonly limit?: number;
  /** Only waiting actions of this key. */
  readonly key?: string;
}

/** One key of a queue. */
export interface QueueKeyInfo {
  /** Empty for what has none. */
  readonly key: string;
  readonly waiting: number;
  readonly running: number;
  readonly oldestAt: Date | undefined;
  /** The starts that the rate allows now; undefined without a rate. */
  readonly rateLeft: number | undefined;
  /** The time from which the rate allows another start; undefined if it does now. */
  readonly nextAt: Date | undefined;
}

/** An action that waits in a queue. */
export interface WaitingAction {
  readonly run: string;
  readonly action: string;
  /** `environment.task`. */
  readonly task: string;
  readonly key: string;
  readonly priority: number;
  readonly queuedAt: Date;
}

const getNames: OptionNames<QueueGetOptions> = { ...connectOptionNames, keys: true, limit: true, key: true };

/** A queue on AppEnv's own platform, as it was when it was last read. */
export class Queue {
  readonly #controlPlane: ControlPlane;
  readonly #message: QueueMessage;
  readonly project: string;
  readonly domain: string;
  /** `environment.task`, or the name that tasks share. */
  readonly name: string;
  /** The deployed tasks that have it. */
  readonly tasks: readonly string[];
  /** Maximum actions with one key that run at once; undefined: no limit. */
  readonly concurrency: number | undefined;
  /** Maximum starts with one key in each span of `perMs`; undefined: no limit. */
  readonly rate: { readonly limit: number; readonly perMs: number } | undefined;
  /** The parts of the input that are the key, as `input.tenant`; empty without one. */
  readonly key: string;
  readonly waiting: number;
  readonly running: number;
  /** The time since which the oldest action waits. */
  readonly oldestAt: Date | undefined;
  /** Undefined while it is not paused. */
  readonly paused: { readonly at: Date; readonly by: string } | undefined;
  /** The keys of which most wait; only of `Queue.get`. */
  readonly keys: readonly QueueKeyInfo[];
  /** Waiting actions in the order in which they start; only of `Queue.get`. */
  readonly next: readonly WaitingAction[];

  /** @internal Queues come from `Queue.get` and `Queue.list`. */
  constructor(controlPlane: ControlPlane, message: QueueMessage, more?: GetQueueResponse) {
    this.#controlPlane = controlPlane;
    this.#message = message;
    const { name, rate, paused } = message;
    this.project = name?.project ?? "";
    this.domain = name?.domain ?? "";
    this.name = name?.name ?? "";
    this.tasks = message.tasks;
    this.concurrency = message.concurrency;
    this.rate = rate && { limit: rate.limit, perMs: Number(rate.perMs) };
    this.key = message.key;
    this.waiting = message.waiting;
    this.running = message.running;
    this.oldestAt = timeOf(message.oldestAt);
    this.paused = paused && { at: new Date(Number(paused.at)), by: paused.by };
    this.keys = (more?.keys ?? []).map(({ key, waiting, running, oldestAt, rateLeft, nextAt }) => ({
      key,
      waiting,
      running,
      rateLeft,
      oldestAt: timeOf(oldestAt),
      nextAt: timeOf(nextAt),
    }));
    this.next = (more?.waiting ?? []).map(({ run, action, task, key, priority, queuedAt }) => ({
      run,
      action,
      task,
      key,
      priority,
      queuedAt: new Date(Number(queuedAt)),
    }));
  }

  /** @throws AppEnvError NOT_FOUND, UNREACHABLE, UNSUPPORTED. */
  static async get(name: string, options: QueueGetOptions = {}): Promise<Queue> {
    checkOptions(options, "Queue.get", getNames);
    const { keys = 0, limit = 0, key, ...target } = options;
    const controlPlane = await connectPlatform(target);
    const { project, domain } = controlPlane;
    const asked = { queue: { project, domain, name }, keys, limit, ...(key === undefined ? {} : { key }) };
    const found = await held(controlPlane, () => taskApi(controlPlane).queues.getQueue(asked));
    return new Queue(controlPlane, found.queue as QueueMessage, found);
  }

  /** The queues of a project and domain, by name. @throws AppEnvError UNREACHABLE, UNSUPPORTED. */
  static async list(options: ControlPlaneOptions = {}): Promise<readonly Queue[]> {
    checkOptions(options, "Queue.list", connectOptionNames);
    const controlPlane = await connectPlatform(options);
    const { project, domain } = controlPlane;
    const { queues } = await held(controlPlane, () => taskApi(controlPlane).queues.listQueues({ project, domain }));
    return queues.map((queue) => new Queue(controlPlane, queue));
  }

  /** All queues as they are, then those that have changed, at most four times a second. @throws AppEnvError UNREACHABLE, UNSUPPORTED. */
  static async *watch(options: ControlPlaneOptions = {}): AsyncGenerator<readonly Queue[]> {
    checkOptions(options, "Queue.watch", connectOptionNames);
    const controlPlane = await connectPlatform(options);
    const { project, domain } = controlPlane;
    const stream = heldStream(controlPlane, () => taskApi(controlPlane).queues.watchQueues({ project, domain }));
    for await (const { queues } of stream) yield queues.map((queue) => new Queue(controlPlane, queue));
  }

  /** Lets nothing of it start until it is resumed; what runs goes on. @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  async pause(): Promise<Queue> {
    const { queues } = taskApi(this.#controlPlane);
    return this.#after(await held(this.#controlPlane, () => queues.pauseQueue(this.#id())));
  }

  /** Lets it go on. @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  async resume(): Promise<Queue> {
    const { queues } = taskApi(this.#controlPlane);
    return this.#after(await held(this.#controlPlane, () => queues.resumeQueue(this.#id())));
  }

  #after(message: QueueMessage): Queue {
    return new Queue(this.#controlPlane, message);
  }

  #id(): { readonly project: string; readonly domain: string; readonly name: string } {
    const { project = "", domain = "", name = "" } = this.#message.name ?? {};
    return { project, domain, name };
  }
}

async function connectPlatform(options: ControlPlaneOptions): Promise<ControlPlane> {
  const controlPlane = await connect(options);
  requirePlatform(controlPlane, "Queues", "A Flyte cluster starts every action at once.");
  return controlPlane;
}

function timeOf(ms: bigint | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(Number(ms));
}
