import { create } from "@bufbuild/protobuf";
import { RunSpecSchema, type RunSpec } from "@appenv-internal/flyteidl2/tasks";
import { readPriority } from "@appenv/core/internal";
import type { RunSettings } from "./task-definition.ts";

/** The settings of a run, as Flyte's message. */
export function toRunSpec(
  { labels, annotations, envVars, overwriteCache, ...queued }: RunSettings,
  rerunFrom: readonly string[] = [],
): RunSpec {
  return create(RunSpecSchema, {
    labels: { values: { ...labels } },
    annotations: { values: { ...annotations, ...toAnnotations(queued) } },
    envs: { values: Object.entries(envVars).map(([key, value]) => ({ key, value })) },
    overwriteCache,
    cacheConfig: { overwriteCache },
    ...(rerunFrom.length === 0 ? {} : { recover: { forceRerunActions: [...rerunFrom] } }),
  });
}

type Queued = Pick<RunSettings, "priority" | "queueKey">;

/** The annotations in which a run carries what Flyte's message has no field for. */
const priorityAnnotation = "appenv.dev/priority";
const keyAnnotation = "appenv.dev/queue-key";

/** The priority and the key of a run as annotations. */
export function toAnnotations({ priority, queueKey }: Queued): Record<string, string> {
  return {
    ...(priority === undefined ? {} : { [priorityAnnotation]: String(priority) }),
    ...(queueKey === undefined ? {} : { [keyAnnotation]: queueKey }),
  };
}

/** @throws AppEnvError INVALID_OPTION. */
function fromAnnotations({
  [priorityAnnotation]: priority,
  [keyAnnotation]: queueKey,
}: Record<string, string>): Queued {
  return {
    ...(priority === undefined ? {} : { priority: readPriority(Number(priority), "priority") ?? 0 }),
    ...(queueKey === undefined ? {} : { queueKey }),
  };
}

/** The settings of a run, from Flyte's message. @throws AppEnvError INVALID_OPTION of a priority that is none. */
export function fromRunSpec(spec: RunSpec | undefined): RunSettings {
  return {
    labels: { ...spec?.labels?.values },
    annotations: withoutQueued({ ...spec?.annotations?.values }),
    ...fromAnnotations({ ...spec?.annotations?.values }),
    envVars: Object.fromEntries((spec?.envs?.values ?? []).map(({ key, value }) => [key, value])),
    overwriteCache: spec?.cacheConfig?.overwriteCache ?? spec?.overwriteCache ?? false,
  };
}

function withoutQueued({
  [priorityAnnotation]: _priority,
  [keyAnnotation]: _key,
  ...annotations
}: Record<string, string>): Record<string, string> {
  return annotations;
}
