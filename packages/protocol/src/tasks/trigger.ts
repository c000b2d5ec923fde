import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { AppEnvError } from "@appenv/core";
import { readAutomation } from "@appenv/core/internal";
import {
  FixedRateUnit,
  ScheduleSchema,
  TaskTriggerSchema,
  TriggerAutomationSpecSchema,
  TriggerAutomationSpecType,
  type Schedule,
  type TaskTrigger,
  type TaskTriggerSpec,
  type TriggerAutomationSpec,
} from "@appenv-internal/flyteidl2/tasks";
import { InputsSchema } from "@appenv-internal/flyteidl2/values";
import { fromRunSpec, toRunSpec } from "./run-spec.ts";
import type { TriggerDefinition } from "./task-definition.ts";

const minuteMs = 60_000;

/** A trigger as Flyte's message, as it is deployed with its task. */
export function toTaskTrigger(trigger: TriggerDefinition): TaskTrigger {
  return create(TaskTriggerSchema, {
    name: trigger.name,
    spec: {
      active: trigger.active,
      inputWrapper: { case: "inputs", value: fromBinary(InputsSchema, trigger.inputs) },
      runSpec: toRunSpec(trigger.run),
      description: trigger.description,
    },
    automationSpec: toAutomation(trigger),
  });
}

function toAutomation(trigger: TriggerDefinition): TriggerAutomationSpec {
  return create(TriggerAutomationSpecSchema, {
    type: TriggerAutomationSpecType.TYPE_SCHEDULE,
    automation: {
      case: "schedule",
      value: create(ScheduleSchema, {
        expression: toExpression(trigger.automation),
        kickoffTimeInputArg: trigger.kickoffTimeInput ?? "",
      }),
    },
  });
}

function toExpression(
  automation: TriggerDefinition["automation"],
): Exclude<Schedule["expression"], { case: undefined }> {
  if (automation.kind === "cron") {
    const { expression, timeZone } = automation;
    return { case: "cron", value: { $typeName: "flyteidl2.task.Cron", expression, timezone: timeZone } };
  }
  const { everyMs, startTime } = automation;
  return {
    case: "rate",
    value: {
      $typeName: "flyteidl2.task.FixedRate",
      value: Math.round(everyMs / minuteMs),
      unit: FixedRateUnit.MINUTE,
      ...(startTime === undefined ? {} : { startTime: timestampFromDate(startTime) }),
    },
  };
}

/** The parts a trigger's messages have in common, whether it came with its task or alone. */
export interface TriggerParts {
  readonly name: string;
  readonly spec?: Pick<TaskTriggerSpec, "active" | "inputWrapper" | "runSpec" | "description"> | undefined;
  readonly automationSpec?: TriggerAutomationSpec | undefined;
}

/**
 * A trigger from Flyte's message: a `task.TaskTrigger`, or the name, spec and automation of a `trigger.TriggerService`.
 *
 * @throws AppEnvError INVALID_INPUT if it has no schedule, or its inputs are not in the message; INVALID_OPTION for one that
 * `cron` or `fixedRate` refuses.
 */
export function fromTaskTrigger({ name, spec, automationSpec }: TriggerParts): TriggerDefinition {
  const automation = automationSpec?.automation;
  const schedule = automation?.case === "schedule" ? automation.value : undefined;
  return {
    name,
    automation: readAutomation(
      fromExpression(name, schedule?.expression ?? { case: undefined }),
      `the trigger '${name}'`,
    ),
    active: spec?.active ?? false,
    description: spec?.description ?? "",
    inputs: readInputs(name, spec?.inputWrapper),
    kickoffTimeInput: schedule?.kickoffTimeInputArg || undefined,
    run: fromRunSpec(spec?.runSpec),
  };
}

function readInputs(name: string, inputs: TaskTriggerSpec["inputWrapper"] | undefined): Uint8Array {
  if (inputs?.case === "inputs") return toBinary(InputsSchema, inputs.value);
  if (inputs?.case === undefined) return new Uint8Array();
  const uri = inputs.value.uri.slice(0, 200);
  throw new AppEnvError("INVALID_INPUT", `The inputs of the trigger '${name}' are elsewhere, at '${uri}'.`);
}

function fromExpression(name: string, expression: Schedule["expression"]): TriggerDefinition["automation"] {
  switch (expression.case) {
    case "cron":
      return { kind: "cron", expression: expression.value.expression, timeZone: expression.value.timezone || "UTC" };
    case "cronExpression":
      return { kind: "cron", expression: expression.value, timeZone: "UTC" };
    case "rate": {
      const { value, unit, startTime } = expression.value;
      return {
        kind: "fixed-rate",
        everyMs: value * (unitMs[unit] ?? minuteMs),
        startTime: startTime === undefined ? undefined : timestampDate(startTime),
      };
    }
    default:
      throw new AppEnvError("INVALID_INPUT", `The trigger '${name}' has no schedule; it needs a cron or a fixed rate.`);
  }
}

const unitMs: Partial<Record<FixedRateUnit, number>> = {
  [FixedRateUnit.MINUTE]: minuteMs,
  [FixedRateUnit.HOUR]: 60 * minuteMs,
  [FixedRateUnit.DAY]: 24 * 60 * minuteMs,
};
