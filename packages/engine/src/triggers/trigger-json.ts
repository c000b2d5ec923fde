import type { TriggerRecord } from "../contracts/triggers.ts";

/** A trigger as JSON. */
export function writeTrigger(trigger: TriggerRecord): string {
  const { definition } = trigger;
  return JSON.stringify({
    ...trigger,
    definition: { ...definition, inputs: Buffer.from(definition.inputs).toString("base64") },
  });
}

/** A trigger of JSON. */
export function readStoredTrigger(json: string): TriggerRecord {
  const { definition, ...trigger } = JSON.parse(json) as TriggerRecord;
  const { automation, inputs } = definition;
  return {
    ...trigger,
    deployedAt: new Date(trigger.deployedAt),
    updatedAt: new Date(trigger.updatedAt),
    triggeredAt: dateOf(trigger.triggeredAt),
    nextAt: dateOf(trigger.nextAt),
    definition: {
      ...definition,
      kickoffTimeInput: definition.kickoffTimeInput,
      inputs: new Uint8Array(Buffer.from(inputs as unknown as string, "base64")),
      automation: automation.kind === "cron" ? automation : { ...automation, startTime: dateOf(automation.startTime) },
    },
  };
}

function dateOf(value: Date | undefined): Date | undefined {
  return value === undefined ? undefined : new Date(value);
}
