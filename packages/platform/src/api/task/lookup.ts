import { fromBinary } from "@bufbuild/protobuf";
import type { TaskId } from "@appenv/protocol";
import { TaskSpecSchema, type TaskSpec } from "@appenv/protocol/tasks";
import type { TaskRecord, TaskRegistry } from "@appenv/engine";

/** The part of a task that lists of actions show. */
export interface TaskLabel {
  readonly type: string;
  readonly shortName: string;
  readonly environment: string;
}

/** Labels by registered task: reading its spec takes longer than the rest of an answer. */
const labels = new WeakMap<TaskRecord, TaskLabel>();

/** Looks tasks up for one answer, each once: a run has many actions and few tasks. */
export class TaskLookup {
  readonly #registry: Pick<TaskRegistry, "get">;
  readonly #labels = new Map<string, TaskLabel>();

  constructor(registry: Pick<TaskRegistry, "get">) {
    this.#registry = registry;
  }

  /** The label of a task, also of one that is not registered. */
  label(id: TaskId): TaskLabel {
    const key = JSON.stringify([id.project, id.domain, id.name, id.version]);
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    const label = this.#read(id);
    this.#labels.set(key, label);
    return label;
  }

  #read(id: TaskId): TaskLabel {
    const record = this.#registry.get(id, id.version);
    if (record === undefined) return labelOf(id, undefined);
    const label = labels.get(record) ?? labelOf(id, specOf(record));
    labels.set(record, label);
    return label;
  }

  /** Flyte's spec of a task, if it is registered. */
  spec(id: TaskId): TaskSpec | undefined {
    const record = this.#registry.get(id, id.version);
    return record === undefined ? undefined : specOf(record);
  }
}

/** Flyte's spec of a task. */
export function specOf({ spec }: TaskRecord): TaskSpec {
  return fromBinary(TaskSpecSchema, spec);
}

/** The label of a task. */
export function labelOf({ name }: Pick<TaskId, "name">, spec: TaskSpec | undefined): TaskLabel {
  const [environment = "", short = name] = splitName(name);
  return {
    type: spec?.taskTemplate?.type ?? "",
    shortName: spec?.shortName || short,
    environment: spec?.environment?.name || environment,
  };
}

/** A task's environment, and its name in it. */
function splitName(name: string): [string, string] {
  const dot = name.indexOf(".");
  return dot === -1 ? ["", name] : [name.slice(0, dot), name.slice(dot + 1)];
}
