import { create } from "@bufbuild/protobuf";
import { KeyValuePairSchema, type Container } from "@appenv-internal/flyteidl2";
import type { DebounceSettings, QueueSettings, ThrottleSettings } from "@appenv/core/internal";
import type { NotificationRule } from "@appenv/core";
import { fromContainer, toContainer } from "../spec/launch.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** The first word of a container that runs a task of AppEnv. */
export const taskCommand: string = "appenv-task";

/** The env var in which a task's container carries, as JSON, what Flyte's messages have no field for. */
export const taskVariable: string = "APPENV_TASK";

/** Templates that Flyte's executor fills in: the places of an action's inputs and outputs. */
const templates = ["--inputs", "{{.input}}", "--outputs-path", "{{.outputPrefix}}"];

/** The content of the env var. */
export interface TaskExtras {
  readonly taskName: string;
  readonly shortName: string | null;
  readonly cache: { readonly behavior: "auto" | "override" | "disable"; readonly salt: string };
  readonly maxInlineBytes: number;
  readonly isolated: boolean;
  readonly concurrency: number | null;
  /** Left out if they are not stated. */
  readonly queue?: QueueSettings;
  readonly priority?: number;
  readonly debounce?: DebounceSettings;
  readonly throttle?: ThrottleSettings;
  readonly retentionMs?: number;
  readonly notify?: readonly NotificationRule[];
  readonly environmentConcurrency: number | null;
  readonly reusable: TaskDefinition["reusable"];
}

/** The container of a task, without its resources. */
export function toTaskContainer(definition: TaskDefinition): Container {
  const container = toContainer(definition);
  if (definition.launch.kind === "bundle") {
    const { uri, environment } = definition.launch;
    const words = ["--bundle", uri, "--environment", environment, "--task", definition.taskName];
    container.args = [taskCommand, ...words, ...templates];
  }
  container.env.push(create(KeyValuePairSchema, { key: taskVariable, value: JSON.stringify(extrasOf(definition)) }));
  return container;
}

function extrasOf({ taskName, settings, reusable, environmentConcurrency }: TaskDefinition): TaskExtras {
  const { shortName, cache, maxInlineBytes, isolated, concurrency, queue, priority, debounce, throttle, ...rest } =
    settings;
  const { retentionMs, notify } = rest;
  return {
    taskName,
    shortName: shortName ?? null,
    cache: { behavior: cache.behavior, salt: cache.salt },
    maxInlineBytes,
    isolated,
    concurrency: concurrency ?? null,
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority }),
    ...(debounce === undefined ? {} : { debounce }),
    ...(throttle === undefined ? {} : { throttle }),
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(notify === undefined ? {} : { notify }),
    environmentConcurrency: environmentConcurrency ?? null,
    reusable,
  };
}

/** The definition in a task's container; undefined if it is none of AppEnv's. */
export function fromTaskContainer(
  container: Container,
): (Pick<TaskDefinition, "launch" | "envVars"> & { readonly extras: TaskExtras }) | undefined {
  const { launch, envVars } = fromContainer(container, taskCommand);
  const { [taskVariable]: json, ...rest } = envVars;
  const extras = json === undefined ? undefined : readExtras(json);
  return extras === undefined ? undefined : { launch, envVars: rest, extras };
}

function readExtras(json: string): TaskExtras | undefined {
  try {
    return JSON.parse(json) as TaskExtras;
  } catch {
    return undefined;
  }
}
