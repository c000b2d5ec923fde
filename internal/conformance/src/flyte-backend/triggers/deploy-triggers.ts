import { create } from "@bufbuild/protobuf";
import { TriggerSpecSchema, type DeployTaskRequest } from "@appenv/protocol/tasks";
import type { TriggerStore } from "./trigger-store.ts";

/** Stores the triggers that come with a task. */
export function deployTriggers(store: TriggerStore, { taskId, triggers }: DeployTaskRequest): void {
  if (taskId === undefined) return;
  const { project, domain, name: taskName, version } = taskId;
  for (const { name, spec, automationSpec } of triggers) {
    const { active = false, inputWrapper = { case: undefined }, runSpec, description = "" } = spec ?? {};
    const kept = {
      active,
      taskVersion: version,
      inputWrapper,
      description,
      ...(runSpec === undefined ? {} : { runSpec }),
    };
    store.put({ project, domain, taskName, name }, create(TriggerSpecSchema, kept), automationSpec);
  }
}
