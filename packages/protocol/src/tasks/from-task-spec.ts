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
    resources: fromResources(target.value.resources),
    ...(extras.environmentConcurrency === null ? {} : { environmentConcurrency: extras.environmentConcurrency }),
    reusable: extras.reusable,
    ...(environment?.description ? { environmentDescription: environment.description } : {}),
  };
}

function settingsOf({ taskTemplate, documentation }: TaskSpec, extras: TaskExtras): Settings {
  const metadata = taskTemplate?.metadata;
  return {
    description: documentation?.longDescription || undefined,
    shortName: extras.shortName ?? undefined,
    retries: metadata?.retries?.retries ?? 0,
    backoff: backoffOf(metadata),
    maxRuntimeMs: fromDuration(metadata?.timeout),
    maxQueuedMs: fromDuration(metadata?.timeouts?.queuedTimeout),
    deadlineMs: fromDuration(metadata?.timeouts?.deadline),
    cache: {
      behavior: extras.cache.behavior,
      version: metadata?.discoveryVersion ?? "",
      serialize: metadata?.cacheSerializable ?? false,
      ignoredInputs: [...(metadata?.cacheIgnoreInputVars ?? [])],
      salt: extras.cache.salt,
    },
    report: metadata?.generatesDeck ?? false,
    maxInlineBytes: extras.maxInlineBytes,
    isolated: extras.isolated,
    concurrency: extras.concurrency ?? undefined,
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
