import type { Command } from "commander";
import type { TriggerOptions } from "@appenv/core";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { timeText } from "../output/run.ts";
import { table } from "../output/table.ts";

/** `appenv get trigger [TASK]`: lists triggers. */
export function getTriggerCommand(): Command {
  const command = createCommand("trigger", "list the triggers of a task, or of the project and domain")
    .argument("[task]", "the task as ENVIRONMENT.TASK")
    .action(getTriggers);
  return withOutput(withControlPlane(command), ["appenv get trigger", "appenv get trigger reports.daily --json"]);
}

async function getTriggers(task: string | undefined, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { Trigger } = await import("@appenv/client/tasks");
  const triggers = await Trigger.list({ ...controlPlaneOf(options), ...(task === undefined ? {} : { task }) });
  const json = triggers.map((trigger) => ({
    name: trigger.name,
    task: trigger.task,
    active: trigger.active,
    revision: trigger.revision,
    ...(trigger.automation === undefined ? {} : { automation: trigger.automation }),
    ...(trigger.triggeredAt === undefined ? {} : { triggeredAt: trigger.triggeredAt.toISOString() }),
    ...(trigger.nextAt === undefined ? {} : { nextAt: trigger.nextAt.toISOString() }),
    ...(trigger.lastRun === undefined ? {} : { lastRun: trigger.lastRun }),
  }));
  const rows = triggers.map(({ task: of, name, active, automation, triggeredAt, nextAt, lastRun }) => [
    of,
    name,
    active ? "active" : "inactive",
    automation === undefined ? "" : automationText(automation),
    timeText(triggeredAt),
    timeText(nextAt),
    lastRun === undefined ? "" : `${lastRun.name} ${lastRun.phase}`,
  ]);
  const none = "There are no triggers. They are part of a task's definition: `triggers: [...]`.";
  output.list(json, table(["TASK", "NAME", "STATE", "WHEN", "FIRED", "NEXT", "LATEST RUN"], rows), none);
}

function automationText(automation: TriggerOptions["automation"]): string {
  if (automation.kind === "cron") return `${automation.expression} (${automation.timeZone})`;
  return `every ${automation.everyMs / 60_000} min`;
}
