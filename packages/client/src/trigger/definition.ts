import { triggerTime, type TriggerOptions } from "@appenv/core";
import { type TaskInterface } from "@appenv/core/internal";
import type { TriggerDefinition } from "@appenv/protocol";
import { encodeInputs } from "@appenv/protocol/tasks";

/**
 * The definition of a trigger for the control plane.
 *
 * @param ofTask - The notifications of its task, which a cluster only has with a trigger.
 * @throws AppEnvError INVALID_INPUT.
 */
export function triggerDefinition(
  trigger: TriggerOptions,
  type: TaskInterface,
  ofTask?: TriggerOptions["notify"],
): TriggerDefinition {
  const notify = trigger.notify ?? ofTask;
  const inputs = Object.entries(trigger.inputs ?? {});
  const kickoffTimeInput = inputs.find(([, value]) => value === triggerTime)?.[0];
  // Each run gets its own time in the place of this one.
  const values = inputs.map(([name, value]) => [name, value === triggerTime ? new Date(0) : value]);
  return {
    name: trigger.name,
    automation: trigger.automation,
    active: trigger.autoActivate ?? true,
    description: trigger.description ?? "",
    inputs: encodeInputs(type, Object.fromEntries(values) as Record<string, unknown>),
    kickoffTimeInput,
    run: {
      labels: trigger.labels ?? {},
      annotations: {},
      envVars: trigger.envVars ?? {},
      overwriteCache: trigger.overwriteCache ?? false,
      ...(notify && { notify }),
    },
  };
}
