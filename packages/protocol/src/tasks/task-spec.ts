import { create } from "@bufbuild/protobuf";
import {
  CoreIdentifierSchema,
  DocumentationEntitySchema,
  NamedParameterSchema,
  ResourceType,
  RuntimeMetadata_RuntimeType,
  TaskEnvironmentSchema,
  TaskSpecSchema,
  TaskTemplateMetadataSchema,
  TaskTemplateSchema,
  type NamedParameter,
  type TaskSpec,
  type TaskTemplateMetadata,
} from "@appenv-internal/flyteidl2/tasks";
import type { TaskInterface } from "@appenv/core/internal";
import { toExtendedResources } from "../spec/extended-resources.ts";
import { toResources } from "../spec/resources.ts";
import { toSecrets } from "../spec/secrets.ts";
import { toLiteral } from "../values/to-literal.ts";
import { toDuration } from "./duration.ts";
import { toTypedInterface, toVariable } from "./interface.ts";
import type { TaskDefinition, TaskId } from "./task-definition.ts";
import { toTaskContainer } from "./task-container.ts";

/** The language of a task, in Flyte's metadata. */
export const taskFlavor: string = "node";

/** The version of Flyte's SDK whose contract with the backend AppEnv's runtime keeps: from it on a run is told its time. */
const runtimeVersion = "2.3.6";

/**
 * A task as Flyte's message; `fromTaskSpec` gives the definition back. What Flyte's messages have no field for travels in
 * the container's env, in `APPENV_TASK`.
 */
export function toTaskSpec(id: TaskId, definition: TaskDefinition): TaskSpec {
  const { settings, environment, environmentDescription } = definition;
  const extendedResources = toExtendedResources(definition.resources);
  return create(TaskSpecSchema, {
    taskTemplate: create(TaskTemplateSchema, {
      id: create(CoreIdentifierSchema, { ...idFields(id), resourceType: ResourceType.TASK }),
      type: taskFlavor,
      metadata: toMetadata(definition),
      interface: toTypedInterface(definition.interface),
      target: {
        case: "container",
        value: { ...toTaskContainer(definition), resources: toResources(definition.resources) },
      },
      securityContext: { secrets: toSecrets(definition.secrets) },
      ...(extendedResources === undefined ? {} : { extendedResources }),
    }),
    defaultInputs: toDefaultInputs(definition.interface),
    shortName: settings.shortName ?? definition.taskName,
    environment: create(TaskEnvironmentSchema, { name: environment, description: environmentDescription ?? "" }),
    documentation: toDocumentation(settings.description),
  });
}

function idFields({ project, domain, name, version }: TaskId): TaskId {
  return { project, domain, name, version };
}

function toMetadata({ settings, launch }: TaskDefinition): TaskTemplateMetadata {
  const { cache, retries, backoff, maxRuntimeMs, maxQueuedMs, deadlineMs } = settings;
  return create(TaskTemplateMetadataSchema, {
    discoverable: cache.behavior !== "disable",
    discoveryVersion: cache.version,
    cacheSerializable: cache.serialize,
    cacheIgnoreInputVars: [...cache.ignoredInputs],
    runtime: { type: RuntimeMetadata_RuntimeType.OTHER, flavor: taskFlavor, version: runtimeVersion },
    retries: {
      retries,
      ...(backoff === undefined
        ? {}
        : {
            backoff: { base: toDuration(backoff.baseMs), factor: backoff.factor, cap: toDuration(backoff.capMs) },
          }),
    },
    ...(maxRuntimeMs === undefined ? {} : { timeout: toDuration(maxRuntimeMs) }),
    timeouts: {
      ...(maxQueuedMs === undefined ? {} : { queuedTimeout: toDuration(maxQueuedMs) }),
      ...(deadlineMs === undefined ? {} : { deadline: toDuration(deadlineMs) }),
    },
    interruptibleValue: { case: "interruptible", value: settings.interruptible },
    generatesDeck: settings.report,
    codeBundleUri: launch.kind === "bundle" ? archiveUri(launch.uri) : "",
  });
}

/** The URI of a bundle's archive on the embedded platform: clients download the archive, and name the file after the URI. */
function archiveUri(uri: string): string {
  return uri.startsWith("appenv:") ? uri.replace(/\.mjs$/, ".tar.gz") : uri;
}

function toDefaultInputs({ inputs }: TaskInterface): NamedParameter[] {
  return inputs.flatMap((variable) => {
    const { name, type, default: byDefault } = variable;
    if (byDefault === undefined) return [];
    const behavior = { case: "default", value: toLiteral(type, byDefault.value) } as const;
    return [create(NamedParameterSchema, { name, parameter: { var: toVariable(variable), behavior } })];
  });
}

function toDocumentation(description = ""): NonNullable<TaskSpec["documentation"]> {
  return create(DocumentationEntitySchema, {
    shortDescription: description.split("\n", 1)[0]?.slice(0, 200) ?? "",
    longDescription: description,
  });
}
