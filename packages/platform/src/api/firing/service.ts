import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { actionPhase, type FiringService, type FiringsSchema } from "@appenv/protocol/tasks";
import type { TaskEngine, TriggerRecord, Triggers } from "@appenv/engine";
import { invalidRequest } from "../requests/ids.ts";
import { idOf } from "../trigger/messages.ts";

/** Maximum number of next firings that a request may ask for. */
const mostNext = 100;

/** AppEnv's own FiringService: see `firing.proto`. */
export function firingService(
  triggers: Triggers,
  engine: Pick<TaskEngine, "listRuns">,
): ServiceImpl<typeof FiringService> {
  return {
    listFirings: ({ project, domain, task, name, next }) => {
      if (next > mostNext)
        throw invalidRequest(`The request asks for ${next} next firings; at most ${mostNext} are told.`);
      const scope = { project, domain, ...(task === "" ? {} : { taskName: task }) };
      const found = triggers.list(scope).filter(({ definition }) => name === "" || definition.name === name);
      return { firings: found.map((trigger) => firingsMessage(trigger, triggers, engine, Math.max(next, 1))) };
    },
  };
}

function firingsMessage(
  trigger: TriggerRecord,
  triggers: Triggers,
  engine: Pick<TaskEngine, "listRuns">,
  limit: number,
): MessageInitShape<typeof FiringsSchema> {
  const { project, domain, taskName, name } = idOf(trigger);
  const runs = engine.listRuns({ project, domain, trigger: { taskName, name } }, { limit: 1, token: "" });
  const [last] = runs.items;
  return {
    trigger: { project, domain, task: taskName, name },
    ...(trigger.triggeredAt && { lastAt: timestampFromDate(trigger.triggeredAt) }),
    ...(last && { lastRun: last.id.run, lastPhase: actionPhase(last.root.phase) }),
    next: triggers.upcoming(trigger, limit).map(timestampFromDate),
  };
}
