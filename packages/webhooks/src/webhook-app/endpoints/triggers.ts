import { jsonAnswer } from "../../http/answer.ts";
import { objectOf, text } from "../../http/described.ts";
import { isAllowed, isTriggerAllowed, notAllowed } from "../allowlist.ts";
import type { Endpoint, WebhookApp } from "../endpoint.ts";

/** Triggers of tasks. */
export function triggerEndpoints(app: WebhookApp): readonly Endpoint[] {
  return [endpoint(app, "activate"), endpoint(app, "deactivate")];
}

function endpoint({ allow }: WebhookApp, how: "activate" | "deactivate"): Endpoint {
  return {
    id: `${how}_trigger`,
    method: "POST",
    path: `/trigger/{task_name}/{trigger_name}/${how}`,
    summary: how === "activate" ? "Activate a trigger" : "Deactivate a trigger",
    answer: objectOf({ task_name: text, trigger_name: text, active: { type: "boolean" } }),
    async handle({ params: { task_name: task = "", trigger_name: name = "" } }) {
      const [{ Trigger }, { connect }] = await Promise.all([
        import("@appenv/client/tasks"),
        import("@appenv/client/internal"),
      ]);
      const { project, domain } = await connect();
      // A trigger starts runs: its task must be allowed too.
      if (!isTriggerAllowed(allow.triggers, task, name)) throw notAllowed(`The trigger '${task}/${name}'`);
      if (!isAllowed(allow.tasks, { project, domain, name: task })) throw notAllowed(`The task '${task}'`);
      const trigger = await Trigger.get(task, name);
      await trigger[how]();
      return jsonAnswer(200, { task_name: task, trigger_name: name, active: trigger.active });
    },
  };
}
