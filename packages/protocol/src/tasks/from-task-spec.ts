import type { TaskSpec, TaskTemplateMetadata } from "@appenv-internal/flyteidl2/tasks";
import { fromResources } from "../spec/resources.ts";
import { fromSecrets } from "../spec/secrets.ts";
import { fromDuration } from "./duration.ts";
import { interfaceOfSpec } from "./interface.ts";
import { fromTaskContainer, type TaskExtras } from "./task-container.ts";
import type { TaskDefinition } from "./task-definition.ts";

type Settings = TaskDefinition["settings"];

/** A task from Flyte's message; undefined for one that another SDK wrote. */
export function fromTaskSpec(spec: TaskSpec): TaskDefinition | undefined {
  const { taskTemplate, environment } = spec;
  const target = taskTemplate?.target;
  if (target?.case !== "container") return undefined;
  const container = fromTaskContainer(target.value);
  if (container === undefined) return undefined;
  const { launch, envVars, extras } = container;
  return {
    environment: environment?.name ?? "",
    taskName: extras.taskName,
    launch,
    interface: interfaceOfSpec(spec),
    settings: settingsOf(spec, extras),
    envVars,
    secrets: fromSecrets(taskTemplate?.securityContext?.secrets ?? []),
    resources: fromResources(target.value.resources, taskTemplate?.extendedResources),
    ...(extras.environmentConcurrency === null ? {} : { environmentConcurrency: extras.environmentConcurrency }),
    reusable: extras.reusable,
    ...(environment?.description ? { environmentDescription: environment.description } : {}),
  };
}

function settingsOf(spec: TaskSpec, extras: TaskExtras): Settings {
  const metadata = spec.taskTemplate?.metadata;
  return {
    ...metadataSettings(spec),
    shortName: extras.shortName ?? undefined,
    cache: {
      behavior: extras.cache.behavior,
      version: metadata?.discoveryVersion ?? "",
      serialize: metadata?.cacheSerializable ?? false,
      ignoredInputs: [...(metadata?.cacheIgnoreInputVars ?? [])],
      salt: extras.cache.salt,
    },
    maxInlineBytes: extras.maxInlineBytes,
    isolated: extras.isolated,
    concurrency: extras.concurrency ?? undefined,
    ...(extras.queue === undefined ? {} : { queue: extras.queue }),
    ...(extras.priority === undefined ? {} : { priority: extras.priority }),
    ...(extras.debounce === undefined ? {} : { debounce: extras.debounce }),
    ...(extras.throttle === undefined ? {} : { throttle: extras.throttle }),
    ...(extras.retentionMs === undefined ? {} : { retentionMs: extras.retentionMs }),
    ...(extras.notify === undefined ? {} : { notify: extras.notify }),
  };
}

/** Settings that Flyte's messages have fields for. */
export function metadataSettings({
  taskTemplate,
  documentation,
}: TaskSpec): Omit<
  Settings,
  | "shortName"
  | "cache"
  | "maxInlineBytes"
  | "isolated"
  | "concurrency"
  | "queue"
  | "priority"
  | "debounce"
  | "throttle"
  | "retentionMs"
  | "notify"
> {
  const metadata = taskTemplate?.metadata;
  return {
    description: documentation?.longDescription || undefined,
    retries: metadata?.retries?.retries ?? 0,
    backoff: backoffOf(metadata),
    maxRuntimeMs: fromDuration(metadata?.timeout),
    maxQueuedMs: fromDuration(metadata?.timeouts?.queuedTimeout),
    deadlineMs: fromDuration(metadata?.timeouts?.deadline),
    report: metadata?.generatesDeck ?? false,
    interruptible: metadata?.interruptibleValue.value ?? false,
  };
}

function backoffOf(metadata: TaskTemplateMetadata | undefined): Settings["backoff"] {
  const backoff = metadata?.retries?.backoff;
  if (backoff === undefined) return undefined;
  return {
    baseMs: fromDuration(backoff.base) ?? 0,
    factor: backoff.factor ?? 1,
    capMs: fromDuration(backoff.cap) ?? Number.POSITIVE_INFINITY,
  };
}
