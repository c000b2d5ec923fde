import { AppEnvError, type CallOptions, type RunOptions, type ControlPlaneOptions } from "@appenv/core";
import {
  checkedCall,
  checkOptions,
  didYouMean,
  type OptionNames,
  runOptionNames,
  controlPlaneOptionNames,
  type TaskInterface,
} from "@appenv/core/internal";
import type { TaskId } from "@appenv/protocol";
import {
  fromTaskIdentifier,
  interfaceOfSpec,
  Sort_Direction,
  type TaskDetails,
  type TaskMessage,
  type TaskSpec,
  toTaskIdentifier,
} from "@appenv/protocol/tasks";
import { connect, connectOptionNames, type ConnectOptions } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { allPages, held } from "../control-plane/held.ts";
import { readTime } from "../run/action.ts";
import { taskApi } from "../run/api.ts";
import type { Run } from "../run/run.ts";
import { onceInRun, readInputs, startRun } from "../run/start-run.ts";

/** Options of `Task.get`. */
export interface TaskGetOptions extends ConnectOptions {
  /** Default: the one that was deployed last. */
  readonly version?: string;
}

/** Options of a list of tasks. */
export interface TaskListOptions extends ControlPlaneOptions {
  /** Maximum number of items. Default 100. */
  readonly limit?: number;
}

const getNames: OptionNames<TaskGetOptions> = { ...connectOptionNames, version: true };
const listNames: OptionNames<TaskListOptions> = { ...controlPlaneOptionNames, limit: true };

/** A version of a task, as a list of them tells. */
export interface TaskVersion {
  readonly version: string;
  readonly deployedAt: Date | undefined;
}

/** A deployed task as lists show it. */
export interface TaskSummary {
  readonly id: TaskId;
  /** The first line of its description. */
  readonly description: string;
  readonly deployedAt: Date | undefined;
  /** Its page in the console. */
  readonly url: string;
}

/** A task that was deployed, in any language. Source: Flyte's `remote.Task`. */
export class Task {
  readonly #controlPlane: ControlPlane;
  readonly #details: TaskDetails;
  readonly #spec: TaskSpec;
  /** Its inputs and output. */
  readonly interface: TaskInterface;

  /** @internal Tasks come from `Task.get`. */
  constructor(controlPlane: ControlPlane, details: TaskDetails) {
    this.#controlPlane = controlPlane;
    this.#details = details;
    if (details.spec === undefined) {
      throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the task's definition.`);
    }
    this.#spec = details.spec;
    this.interface = interfaceOfSpec(details.spec);
  }

  /**
   * @param name - `environment.task`.
   * @throws AppEnvError NOT_FOUND, UNREACHABLE.
   * @example
   * const task = await Task.get("add-one.add_one");
   * console.log(await (await task.run({ x: 1 })).outputs());
   */
  static async get(name: string, options: TaskGetOptions = {}): Promise<Task> {
    checkOptions(options, "Task.get", getNames);
    const controlPlane = await connect(options);
    return held(controlPlane, async () => {
      const version = options.version ?? (await latestVersion(controlPlane, name));
      const id = { project: controlPlane.project, domain: controlPlane.domain, name, version };
      const { details } = await taskApi(controlPlane).tasks.getTaskDetails({ taskId: toTaskIdentifier(id) });
      if (details !== undefined) return new Task(controlPlane, details);
      throw new AppEnvError("NOT_FOUND", `There is no task '${name}' of version ${version}.`);
    });
  }

  /** The newest version of each task of a project and domain. @throws AppEnvError UNREACHABLE. */
  static async list(options: TaskListOptions = {}): Promise<readonly TaskSummary[]> {
    checkOptions(options, "Task.list", listNames);
    const controlPlane = await connect(options);
    const messages = await held(controlPlane, () => listTasks(controlPlane, options.limit ?? 100));
    return messages.map((message) => summary(controlPlane, message));
  }

  /** The versions of a task, the one that was deployed last first. @throws AppEnvError UNREACHABLE. */
  static async versions(name: string, options: TaskListOptions = {}): Promise<readonly TaskVersion[]> {
    checkOptions(options, "Task.versions", listNames);
    const controlPlane = await connect(options);
    return held(controlPlane, () => listVersions(controlPlane, name, options.limit ?? 100));
  }

  /** Its identity. */
  get id(): TaskId {
    return fromTaskIdentifier(this.#details.taskId);
  }

  /** `environment.task`. */
  get name(): string {
    return this.id.name;
  }

  get version(): string {
    return this.id.version;
  }

  /** @internal Its definition. */
  get spec(): TaskSpec {
    return this.#spec;
  }

  /** For people; empty if there is none. */
  get description(): string {
    return this.#details.spec?.documentation?.longDescription || (this.#details.metadata?.shortDescription ?? "");
  }

  get deployedAt(): Date | undefined {
    return readTime(this.#details.metadata?.deployedAt);
  }

  /** Its page in the console. */
  get url(): string {
    return this.#controlPlane.consolePage(this.id, "tasks");
  }

  /**
   * Starts a run of this version.
   *
   * @throws AppEnvError INVALID_INPUT, RUN_EXISTS, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, UNREACHABLE.
   */
  async run(
    inputs: Readonly<Record<string, unknown>> = {},
    options: Omit<RunOptions, keyof ControlPlaneOptions> = {},
  ): Promise<Run> {
    checkOptions(options, `a run of '${this.name}'`, runOptionNames);
    const encoded = readInputs(this.interface, inputs);
    return this.runEncoded(encoded, onceInRun(options, this.name, encoded));
  }

  /**
   * Calls this version, and resolves with its output. Inside a run it is a child action, as a call of a task of the same
   * code is: durable, and with the results of one that has ended. Outside, it starts a run and waits for it.
   *
   * @throws AppEnvError INVALID_INPUT, INVALID_OPTION, NOT_FOUND, TASK_FAILED, ABORTED, TIMED_OUT, UNREACHABLE.
   * @example
   * const train = await Task.get("training.train");
   * const score = await train.call({ epochs: 3 });
   */
  call(inputs: Readonly<Record<string, unknown>> = {}, options: CallOptions = {}): Promise<unknown> {
    const deployed = { ...this.id, interface: this.interface };
    return checkedCall(
      this.name,
      options,
      (context) => context.callDeployed(deployed, inputs, options),
      async () => (await this.run(inputs)).outputs(),
    );
  }

  /** @internal As `run`, with inputs as `task.Inputs`. */
  async runEncoded(inputs: Uint8Array, options: Omit<RunOptions, keyof ControlPlaneOptions>): Promise<Run> {
    const controlPlane = this.#controlPlane;
    return held(controlPlane, () =>
      startRun(controlPlane, { task: this.id, interface: this.interface, inputs, options }),
    );
  }
}

function listTasks(controlPlane: ControlPlane, limit: number) {
  const scopeBy = { case: "projectId", value: { name: controlPlane.project, domain: controlPlane.domain } } as const;
  return allPages(limit, async (request) => {
    const { tasks, token } = await taskApi(controlPlane).tasks.listTasks({ request, scopeBy });
    return { items: tasks, token };
  });
}

/** The names of all tasks, for suggesting one. */
async function namesOf(controlPlane: ControlPlane): Promise<readonly string[]> {
  return (await listTasks(controlPlane, 1_000)).map(({ taskId }) => taskId?.name ?? "");
}

/** The version of a task that was deployed last. @throws AppEnvError NOT_FOUND. */
export async function latestVersion(controlPlane: ControlPlane, name: string): Promise<string> {
  const [latest] = await listVersions(controlPlane, name, 1);
  if (latest !== undefined) return latest.version;
  const near = didYouMean(name, await namesOf(controlPlane).catch(() => []));
  throw new AppEnvError(
    "NOT_FOUND",
    `There is no task '${name}' in ${controlPlane.project}/${controlPlane.domain}.${near}`,
  );
}

function listVersions(controlPlane: ControlPlane, name: string, limit: number): Promise<readonly TaskVersion[]> {
  const taskName = { project: controlPlane.project, domain: controlPlane.domain, name };
  const sortBy = { key: "created_at", direction: Sort_Direction.DESCENDING };
  return allPages(limit, async (request) => {
    const { versions, token } = await taskApi(controlPlane).tasks.listVersions({
      taskName,
      request: { ...request, sortBy },
    });
    return {
      items: versions.map(({ version, deployedAt }) => ({ version, deployedAt: readTime(deployedAt) })),
      token,
    };
  });
}

function summary(controlPlane: ControlPlane, { taskId, metadata }: TaskMessage): TaskSummary {
  const id = fromTaskIdentifier(taskId);
  return {
    id,
    description: metadata?.shortDescription ?? "",
    deployedAt: readTime(metadata?.deployedAt),
    url: controlPlane.consolePage(id, "tasks"),
  };
}
