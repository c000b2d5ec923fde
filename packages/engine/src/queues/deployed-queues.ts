import type { DatabaseSync } from "node:sqlite";
import { AppEnvError } from "@appenv/core";
import type { QueueSettings } from "@appenv/core/internal";
import type { TaskRecord } from "../contracts/tasks.ts";
import type { QueueId, QueueLimits } from "../scheduler/queue-contract.ts";

/** The queue of a deployed task, as the task states it. */
interface TaskQueue {
  readonly task: string;
  readonly settings: QueueSettings | undefined;
}

/** A queue that deployed tasks have. */
export interface DeployedQueue {
  readonly id: QueueId;
  /** `environment.task`, in the order in which they were deployed. */
  readonly tasks: readonly string[];
  readonly limits: QueueLimits;
  /** The parts of the input by which its limits count, as they are written in code; empty without a key. */
  readonly key: string;
}

type Known = Map<string, { readonly id: QueueId; readonly tasks: Map<string, TaskQueue> }>;

/** The queues of the newest version of each deployed task. A task without one has one of its own, named after it. */
export class DeployedQueues {
  readonly #database: DatabaseSync;
  /** By project, domain and name; in each the task that was deployed last comes last. */
  #queues: Known | undefined;
  /** Called for a queue whose tasks have changed. */
  onChange: (id: QueueId) => void = () => {};

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  find(id: QueueId): DeployedQueue | undefined {
    const known = this.#all().get(keyOf(id));
    return known && toQueue(known.id, [...known.tasks.values()]);
  }

  /** An empty project or domain stands for any. */
  list({ project, domain }: Pick<QueueId, "project" | "domain">): readonly DeployedQueue[] {
    return [...this.#all().values()]
      .filter(({ id }) => (project === "" || id.project === project) && (domain === "" || id.domain === domain))
      .map(({ id, tasks }) => toQueue(id, [...tasks.values()]));
  }

  /** Notes that a task was deployed. */
  deployed({ id: { project, domain, name: task }, definition }: Pick<TaskRecord, "id" | "definition">): void {
    const settings = definition?.settings.queue;
    const id = { project, domain, name: settings?.name ?? task };
    for (const other of this.#all().values()) {
      if (other.id.project !== project || other.id.domain !== domain || !other.tasks.delete(task)) continue;
      if (other.tasks.size === 0) this.#all().delete(keyOf(other.id));
      this.onChange(other.id);
    }
    this.#add(id, { task, settings });
    this.onChange(id);
  }

  #all(): Known {
    if (this.#queues !== undefined) return this.#queues;
    this.#queues = new Map();
    const rows = this.#database
      .prepare(
        `SELECT s.project, s.domain, n.name, json_extract(t.definition, '$.settings.queue') AS queue
         FROM task_names n JOIN tasks t ON t.id = n.latest JOIN task_scopes s ON s.id = n.scope
         WHERE n.deployed > 0 ORDER BY n.deployed`,
      )
      .all();
    for (const row of rows) {
      const settings = typeof row["queue"] === "string" ? (JSON.parse(row["queue"]) as QueueSettings) : undefined;
      const task = String(row["name"]);
      const id = { project: String(row["project"]), domain: String(row["domain"]), name: settings?.name ?? task };
      this.#add(id, { task, settings });
    }
    return this.#queues;
  }

  #add(id: QueueId, task: TaskQueue): void {
    const queues = this.#all();
    const known = queues.get(keyOf(id)) ?? { id, tasks: new Map<string, TaskQueue>() };
    queues.set(keyOf(id), known);
    known.tasks.set(task.task, task);
  }
}

function toQueue(id: QueueId, tasks: readonly TaskQueue[]): DeployedQueue {
  const { concurrency, rate } = tasks.findLast(({ settings }) => statesLimits(settings))?.settings ?? {};
  const key = tasks.findLast(({ settings }) => settings !== undefined && settings.key.length > 0)?.settings?.key ?? [];
  return {
    id,
    tasks: tasks.map(({ task }) => task),
    limits: { concurrency, rate },
    key: key.map((path) => `input.${path.join(".")}`).join(", "),
  };
}

function statesLimits(settings: QueueSettings | undefined): boolean {
  return settings?.concurrency !== undefined || settings?.rate !== undefined;
}

/** Refuses tasks that state different limits of one queue. @throws AppEnvError INVALID_OPTION. */
export function checkQueues(tasks: readonly Pick<TaskRecord, "id" | "definition">[]): void {
  const stated = new Map<string, { readonly task: string; readonly limits: string }>();
  for (const { id, definition } of tasks) {
    const settings = definition?.settings.queue;
    if (settings?.name === undefined || !statesLimits(settings)) continue;
    const key = keyOf({ ...id, name: settings.name });
    const limits = JSON.stringify([settings.concurrency, settings.rate?.limit, settings.rate?.perMs]);
    const other = stated.get(key);
    if (other !== undefined && other.limits !== limits) {
      throw new AppEnvError(
        "INVALID_OPTION",
        `The tasks '${other.task}' and '${id.name}' state different limits of the queue '${settings.name}'.`,
        { fix: "State its limits in one of them, or the same in both: keep the options in one constant." },
      );
    }
    stated.set(key, { task: id.name, limits });
  }
}

function keyOf({ project, domain, name }: QueueId): string {
  return JSON.stringify([project, domain, name]);
}
