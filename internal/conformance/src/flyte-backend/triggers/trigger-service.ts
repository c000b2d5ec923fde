import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { CreateRunRequestSchema, type ListTriggersRequest, type TriggerService } from "@appenv/protocol/tasks";
import { page } from "../page.ts";
import type { BackendParts } from "../parts.ts";
import { createRun } from "../runs/create-run.ts";
import type { ActionState } from "../state.ts";
import { detailsOfTrigger, type StoredTrigger, type TriggerKey, type TriggerStore } from "./trigger-store.ts";

/** The service of triggers. Whether the task exists is not asked here. */
export function triggerService(triggers: TriggerStore): Partial<ServiceImpl<typeof TriggerService>> {
  return {
    deployTrigger: ({ name, spec, automationSpec }) => {
      if (name === undefined || spec === undefined) throw new ConnectError("name is required", Code.InvalidArgument);
      return { trigger: detailsOfTrigger(triggers.put(name, spec, automationSpec)) };
    },
    getTriggerDetails: ({ name }) => ({ trigger: detailsOfTrigger(triggers.find(name as TriggerKey)) }),
    listTriggers: ({ request, scopeBy }) => {
      const { items, token } = page(
        triggers.all.filter(({ key }) => isIn(key, scopeBy)),
        request,
      );
      return { triggers: items.map((stored) => summaryOf(stored)), token };
    },
    updateTriggers: ({ names, active }) => {
      triggers.setActive(names, active);
      return {};
    },
    deleteTriggers: ({ names }) => {
      triggers.delete(names);
      return {};
    },
  };
}

function summaryOf(stored: StoredTrigger) {
  const { id, automationSpec, status } = detailsOfTrigger(stored);
  return {
    active: stored.active,
    ...(id === undefined ? {} : { id }),
    ...(automationSpec === undefined ? {} : { automationSpec }),
    ...(status === undefined ? {} : { status }),
  };
}

function isIn({ project, domain, taskName }: TriggerKey, scope: ListTriggersRequest["scopeBy"]): boolean {
  if (scope.case === "projectId") return scope.value.name === project && scope.value.domain === domain;
  if (scope.case === "taskName" || scope.case === "taskId") {
    const { value } = scope;
    return value.project === project && value.domain === domain && value.name === taskName;
  }
  return true;
}

/** Fires a trigger as the backend's scheduler does: it says no more than the trigger's name, and the time it is meant for. */
export function fire(parts: BackendParts, name: TriggerKey, at: Date = new Date()): ActionState {
  const trigger = parts.triggers.find(name);
  trigger.triggeredAt = Date.now();
  const { project, domain } = name;
  const request = create(CreateRunRequestSchema, {
    id: { case: "projectId", value: { name: project, domain } },
    task: { case: "triggerName", value: name },
    runStartTime: timestampFromDate(at),
  });
  return createRun(parts, request);
}
