import type { TaskSpec, TaskTemplate } from "@appenv-internal/flyteidl2/tasks";
import { fromContainer } from "../spec/launch.ts";
import { fromResources } from "../spec/resources.ts";
import { fromSecrets } from "../spec/secrets.ts";
import { metadataSettings } from "./from-task-spec.ts";
import { interfaceOfSpec } from "./interface.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** The limit of inputs and outputs of a task whose spec states none, in bytes: that of Flyte's Python SDK. */
const maxInlineBytes = 10 * 2 ** 20;

/**
 * A task of another SDK that runs in a container, as a definition: what AppEnv states in a variable of its own has the
 * defaults. Undefined for one that has no container, as those with a template for a pod.
 */
export function fromContainerSpec(spec: TaskSpec): TaskDefinition | undefined {
  const { taskTemplate } = spec;
  if (taskTemplate?.target.case !== "container") return undefined;
  const container = taskTemplate.target.value;
  return {
    ...namesOf(spec, taskTemplate),
    ...fromContainer(container),
    interface: interfaceOfSpec(spec),
    settings: {
      ...metadataSettings(spec),
      shortName: spec.shortName || undefined,
      cache: cacheOf(taskTemplate),
      maxInlineBytes,
      isolated: true,
      concurrency: undefined,
    },
    secrets: fromSecrets(taskTemplate.securityContext?.secrets ?? []),
    resources: fromResources(container.resources),
    reusable: { replicas: 1, concurrency: 1, idleTtlMs: 0 },
    ...sdkOf(taskTemplate),
  };
}

function sdkOf({ metadata }: TaskTemplate): Pick<TaskDefinition, "sdkVersion"> {
  const version = metadata?.runtime?.version ?? "";
  return version === "" ? {} : { sdkVersion: version };
}

/** The environment and the task's name in it, which other SDKs join with a dot. */
function namesOf({ environment }: TaskSpec, { id }: TaskTemplate): Pick<TaskDefinition, "environment" | "taskName"> {
  const name = id?.name ?? "";
  const dot = name.lastIndexOf(".");
  const own = environment?.name || (dot > 0 ? name.slice(0, dot) : name);
  return { environment: own, taskName: name.startsWith(`${own}.`) ? name.slice(own.length + 1) : name };
}

function cacheOf({ metadata }: TaskTemplate): TaskDefinition["settings"]["cache"] {
  return {
    behavior: metadata?.discoverable === true ? "override" : "disable",
    version: metadata?.discoveryVersion ?? "",
    serialize: metadata?.cacheSerializable ?? false,
    ignoredInputs: [...(metadata?.cacheIgnoreInputVars ?? [])],
    salt: "",
  };
}
