import { InvalidArgumentError, Option, type Command } from "commander";
import type { RunPhase } from "@appenv/core";
import { durationMs } from "@appenv/core/internal";
import type { RunSelectionOptions } from "@appenv/client/tasks";
import { parseLabel, type ControlPlaneFlags } from "./common.ts";
import { controlPlaneOf } from "./control-plane.ts";

/** The options that say which runs are meant. */
export interface SelectionFlags extends ControlPlaneFlags {
  readonly task?: string;
  readonly phase?: RunPhase;
  readonly label?: Readonly<Record<string, string>>;
  readonly trigger?: string;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  readonly text?: string;
}

/** Phases that a run can be asked for by. */
export const phases: readonly RunPhase[] = [
  "QUEUED",
  "RUNNING",
  "PAUSED",
  "SUCCEEDED",
  "FAILED",
  "ABORTED",
  "TIMED_OUT",
];

/** Adds the options that say which runs are meant. */
export function withSelection(command: Command): Command {
  return command
    .option("--task <name>", "only runs of this task, as ENVIRONMENT.TASK")
    .addOption(new Option("--phase <phase>", "only runs in this phase").choices([...phases]))
    .option("--label <KEY=VALUE>", "only runs with this label; may be repeated", parseLabel)
    .option("--trigger <name>", "only runs that a trigger of this name started")
    .option("--created-after <time>", "only runs created since then: 2026-08-01, or 1h for an hour ago", parseTime)
    .option("--created-before <time>", "only runs created before: 2026-08-01, or 30d for 30 days ago", parseTime)
    .option("--text <text>", "only runs with this in their name or error");
}

/** The options as the client takes them. */
export function selectionOf(flags: SelectionFlags): RunSelectionOptions {
  const { task, phase, label: labels, trigger, createdAfter: createdFrom, createdBefore, text } = flags;
  return {
    ...controlPlaneOf(flags),
    ...(task === undefined ? {} : { task }),
    ...(phase === undefined ? {} : { phase }),
    ...(labels === undefined ? {} : { labels }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(createdFrom === undefined ? {} : { createdFrom }),
    ...(createdBefore === undefined ? {} : { createdBefore }),
    ...(text === undefined ? {} : { text }),
  };
}

/** True if any run is left out. */
export function selects({ task, phase, label, trigger, createdAfter, createdBefore, text }: SelectionFlags): boolean {
  return [task, phase, label, trigger, createdAfter, createdBefore, text].some((value) => value !== undefined);
}

/** Reads a time, or a duration for one that long ago. */
export function parseTime(text: string): Date {
  if (/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text)) return new Date(Date.now() - durationMs(text as "1h", "the time"));
  const time = new Date(text);
  if (!Number.isNaN(time.getTime()) && /^\d{4}-/.test(text)) return time;
  throw new InvalidArgumentError("It must be a time as 2026-08-01T12:00:00Z, or how long ago as 30m, 12h or 30d.");
}
