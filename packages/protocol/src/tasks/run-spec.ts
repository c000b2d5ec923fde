import { create } from "@bufbuild/protobuf";
import { RunSpecSchema, type RunSpec } from "@appenv-internal/flyteidl2/tasks";
import { readPriority, readTrace, type TraceHeaders } from "@appenv/core/internal";
import { fromNotificationSettings, toNotificationSettings } from "./notification-rules.ts";
import type { RunSettings } from "./task-definition.ts";

/** The settings of a run, as Flyte's message. */
export function toRunSpec(
  { labels, annotations, envVars, overwriteCache, notify, ...queued }: RunSettings,
  rerunFrom: readonly string[] = [],
): RunSpec {
  return create(RunSpecSchema, {
    labels: { values: { ...labels } },
    annotations: { values: { ...annotations, ...toAnnotations(queued) } },
    envs: { values: Object.entries(envVars).map(([key, value]) => ({ key, value })) },
    overwriteCache,
    cacheConfig: { overwriteCache },
    notificationSettings: toNotificationSettings(notify),
    ...(rerunFrom.length === 0 ? {} : { recover: { forceRerunActions: [...rerunFrom] } }),
  });
}

type Queued = Pick<RunSettings, "priority" | "queueKey" | "trace">;

/** The annotations in which a run carries what Flyte's message has no field for. */
const priorityAnnotation = "appenv.dev/priority";
const keyAnnotation = "appenv.dev/queue-key";
const traceAnnotation = "appenv.dev/traceparent";
const traceStateAnnotation = "appenv.dev/tracestate";

/** The priority, the key and the trace of a run as annotations. */
export function toAnnotations({ priority, queueKey, trace }: Queued): Record<string, string> {
  return {
    ...(priority === undefined ? {} : { [priorityAnnotation]: String(priority) }),
    ...(queueKey === undefined ? {} : { [keyAnnotation]: queueKey }),
    ...(trace === undefined ? {} : { [traceAnnotation]: trace.traceparent }),
    ...(trace?.tracestate === undefined ? {} : { [traceStateAnnotation]: trace.tracestate }),
  };
}

/** @throws AppEnvError INVALID_OPTION. */
function fromAnnotations({
  [priorityAnnotation]: priority,
  [keyAnnotation]: queueKey,
  [traceAnnotation]: traceparent,
  [traceStateAnnotation]: tracestate,
}: Record<string, string>): Queued {
  const trace: TraceHeaders | undefined = readTrace(traceparent, tracestate);
  return {
    ...(priority === undefined ? {} : { priority: readPriority(Number(priority), "priority") ?? 0 }),
    ...(queueKey === undefined ? {} : { queueKey }),
    ...(trace === undefined ? {} : { trace }),
  };
}

/**
 * The settings of a run, from Flyte's message.
 *
 * @throws AppEnvError INVALID_OPTION of a priority or a notification that is none; UNSUPPORTED of a notification that only a
 * Flyte cluster can have.
 */
export function fromRunSpec(spec: RunSpec | undefined): RunSettings {
  const notify = fromNotificationSettings(spec?.notificationSettings);
  return {
    labels: { ...spec?.labels?.values },
    annotations: withoutQueued({ ...spec?.annotations?.values }),
    ...fromAnnotations({ ...spec?.annotations?.values }),
    envVars: Object.fromEntries((spec?.envs?.values ?? []).map(({ key, value }) => [key, value])),
    overwriteCache: spec?.cacheConfig?.overwriteCache ?? spec?.overwriteCache ?? false,
    ...(notify === undefined ? {} : { notify }),
  };
}

function withoutQueued({
  [priorityAnnotation]: _priority,
  [keyAnnotation]: _key,
  [traceAnnotation]: _trace,
  [traceStateAnnotation]: _traceState,
  ...annotations
}: Record<string, string>): Record<string, string> {
  return annotations;
}
