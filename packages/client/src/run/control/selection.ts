import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ControlPlaneOptions, RunPhase } from "@appenv/core";
import { controlPlaneOptionNames, type OptionNames } from "@appenv/core/internal";
import type { RunSelectionSchema } from "@appenv/protocol/tasks";

/** A choice of runs of a project and domain. An option that is left out selects all. */
export interface RunSelectionOptions extends ControlPlaneOptions {
  /** Only of this task: `environment.task`. */
  readonly task?: string;
  /** Only in these phases. */
  readonly phase?: RunPhase | readonly RunPhase[];
  /** Only those that have all of these labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only those that a trigger of this name started. */
  readonly trigger?: string;
  /** Only those created at this time or later. */
  readonly createdFrom?: Date;
  /** Only those created before this time. */
  readonly createdBefore?: Date;
  /** Only those with this in their name or in their error, in any case. */
  readonly text?: string;
}

/** The names of the options of a selection. */
export const runSelectionNames: OptionNames<RunSelectionOptions> = {
  ...controlPlaneOptionNames,
  task: true,
  phase: true,
  labels: true,
  trigger: true,
  createdFrom: true,
  createdBefore: true,
  text: true,
};

/** A selection as a message. */
export function selectionMessage(
  { project, domain }: { readonly project: string; readonly domain: string },
  { task, phase, labels, trigger, createdFrom, createdBefore, text }: RunSelectionOptions,
): MessageInitShape<typeof RunSelectionSchema> {
  return {
    project,
    domain,
    task: task ?? "",
    phases: phase === undefined ? [] : [phase].flat(),
    labels: { ...labels },
    trigger: trigger ?? "",
    createdFrom: BigInt(createdFrom?.getTime() ?? 0),
    createdBefore: BigInt(createdBefore?.getTime() ?? 0),
    text: text ?? "",
  };
}
