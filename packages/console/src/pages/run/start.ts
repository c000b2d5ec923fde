import { RelationType, RunSource, type RunSpec, type TaskIdentifier } from "@appenv/protocol/tasks";
import { runs, translator } from "../../api/clients.ts";
import type { Schema } from "../../parts/form/fields.ts";
import { actionPath, plainName, type Name } from "../../route/names.ts";

/** A run that is to be started. */
export interface NewRun {
  readonly task: TaskIdentifier;
  /** The filled in form of its inputs. */
  readonly form: Schema;
  /** The run that it is made from. */
  readonly from?: { readonly run: Name; readonly recover: boolean; readonly spec: RunSpec | undefined };
}

/** Starts a run. @returns the path of its page. */
export async function startRun({ task, form, from }: NewRun): Promise<string> {
  const { literals } = await translator.launchFormJsonToLiterals({
    json: form as Parameters<typeof translator.launchFormJsonToLiterals>[0]["json"] & object,
  });
  const { run } = await runs.createRun({
    id: { case: "projectId", value: { name: task.project, domain: task.domain } },
    task: { case: "taskId", value: task },
    inputWrapper: { case: "inputs", value: { literals } },
    source: RunSource.WEB,
    ...(from === undefined ? {} : { runSpec: specFrom(from) }),
  });
  return actionPath(run?.action?.id?.run, "a0");
}

/** Labels and env vars are those of the run it is made from. */
function specFrom({ run, recover, spec }: NonNullable<NewRun["from"]>) {
  return {
    ...(spec?.labels === undefined ? {} : { labels: spec.labels }),
    ...(spec?.envs === undefined ? {} : { envs: spec.envs }),
    relation: { relatedTo: plainName(run), relationType: recover ? RelationType.RECOVER : RelationType.RERUN },
  };
}
