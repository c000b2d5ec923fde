import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  actionPhase,
  toRunIdentifier,
  toTaskIdentifier,
  toTaskTrigger,
  type TaskDetailsSchema,
  type TaskMetadataSchema,
  type TaskSchema,
} from "@appenv/protocol/tasks";
import type { TaskEngine, TaskRecord, Triggers } from "@appenv/engine";
import { localIdentity } from "../identity/local-user.ts";
import { labelOf, specOf } from "./lookup.ts";
/** Sources of what a task shows beside its definition. */
export interface TaskSources {
  readonly engine: Pick<TaskEngine, "listRuns">;
  readonly triggers: Triggers;
}

/** A task in a list, with its latest run. */
export function taskMessage(task: TaskRecord, sources: TaskSources): MessageInitShape<typeof TaskSchema> {
  const { project, domain, name } = task.id;
  const [latest] = sources.engine.listRuns({ project, domain, taskName: name }, { limit: 1, token: "" }).items;
  const summary =
    latest === undefined
      ? {}
      : {
          latestRun: {
            runId: toRunIdentifier(latest.id),
            runTime: timestampFromDate(latest.root.createdAt),
            phase: actionPhase(latest.root.phase),
            rootTaskName: latest.root.name,
          },
        };
  return { taskId: toTaskIdentifier(task.id), metadata: taskMetadata(task, sources), taskSummary: summary };
}

/** A task with its spec, as it was deployed. */
export function taskDetails(task: TaskRecord, sources: TaskSources): MessageInitShape<typeof TaskDetailsSchema> {
  return { taskId: toTaskIdentifier(task.id), metadata: taskMetadata(task, sources), spec: specOf(task) };
}

function taskMetadata(task: TaskRecord, { triggers }: TaskSources): MessageInitShape<typeof TaskMetadataSchema> {
  const { project, domain, name } = task.id;
  const spec = specOf(task);
  const { shortName, environment } = labelOf(task.id, spec);
  const summary = triggersSummary(triggers.list({ project, domain, taskName: name }));
  return {
    deployedBy: localIdentity(),
    deployedAt: timestampFromDate(task.deployedAt),
    shortName,
    environmentName: environment,
    shortDescription: spec.documentation?.shortDescription ?? "",
    ...(summary === undefined ? {} : { triggersSummary: summary }),
  };
}

/** One trigger in full, several as numbers. */
function triggersSummary(
  triggers: ReturnType<TaskSources["triggers"]["list"]>,
): MessageInitShape<typeof TaskMetadataSchema>["triggersSummary"] {
  const [only, ...more] = triggers;
  if (only === undefined) return undefined;
  if (more.length > 0) {
    const active = triggers.filter(({ definition }) => definition.active).length;
    return { summary: { case: "stats", value: { total: triggers.length, active } } };
  }
  const { name, automationSpec } = toTaskTrigger(only.definition);
  const value = { name, active: only.definition.active, ...(automationSpec === undefined ? {} : { automationSpec }) };
  return { summary: { case: "details", value } };
}
