import { create } from "@bufbuild/protobuf";
import { RunSpecSchema, type RunSpec } from "@appenv-internal/flyteidl2/tasks";
import type { RunSettings } from "./task-definition.ts";

/** The settings of a run, as Flyte's message. */
export function toRunSpec(
  { labels, annotations, envVars, overwriteCache }: RunSettings,
  rerunFrom: readonly string[] = [],
): RunSpec {
  return create(RunSpecSchema, {
    labels: { values: { ...labels } },
    annotations: { values: { ...annotations } },
    envs: { values: Object.entries(envVars).map(([key, value]) => ({ key, value })) },
    overwriteCache,
    cacheConfig: { overwriteCache },
    ...(rerunFrom.length === 0 ? {} : { recover: { forceRerunActions: [...rerunFrom] } }),
  });
}

/** The settings of a run, from Flyte's message. */
export function fromRunSpec(spec: RunSpec | undefined): RunSettings {
  return {
    labels: { ...spec?.labels?.values },
    annotations: { ...spec?.annotations?.values },
    envVars: Object.fromEntries((spec?.envs?.values ?? []).map(({ key, value }) => [key, value])),
    overwriteCache: spec?.cacheConfig?.overwriteCache ?? spec?.overwriteCache ?? false,
  };
}
