import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  encodeInputs,
  fromRunSpec,
  fromTaskTrigger,
  RunSpecSchema,
  TaskTriggerSchema,
  toRunSpec,
  toTaskTrigger,
  type Schedule,
  type TriggerDefinition,
} from "../../src/tasks/index.ts";

const trigger: TriggerDefinition = {
  name: "nightly",
  automation: { kind: "cron", expression: "0 3 * * *", timeZone: "Europe/Berlin" },
  active: true,
  description: "At night.",
  inputs: encodeInputs({ inputs: [{ name: "x", type: { kind: "integer" } }], output: undefined }, { x: 1 }),
  kickoffTimeInput: "at",
  run: { labels: { a: "b" }, annotations: { c: "d" }, envVars: { E: "f" }, overwriteCache: true },
};

function throughBytes(definition: TriggerDefinition): TriggerDefinition {
  return fromTaskTrigger(fromBinary(TaskTriggerSchema, toBinary(TaskTriggerSchema, toTaskTrigger(definition))));
}

describe("toTaskTrigger", () => {
  it.each<[string, Partial<TriggerDefinition>]>([
    ["a cron", {}],
    ["a fixed rate", { automation: { kind: "fixed-rate", everyMs: 7_200_000, startTime: undefined } }],
    ["a rate with a start", { automation: { kind: "fixed-rate", everyMs: 60_000, startTime: new Date(86_400_000) } }],
    ["one without a time input", { kickoffTimeInput: undefined, active: false, inputs: new Uint8Array() }],
  ])("keeps %s", (_what, change) => {
    expect(throughBytes({ ...trigger, ...change })).toEqual({ ...trigger, ...change });
  });

  it("reads hours, days and the older form of cron", () => {
    const every = (unit: number) => {
      const message = toTaskTrigger({
        ...trigger,
        automation: { kind: "fixed-rate", everyMs: 120_000, startTime: undefined },
      });
      const { expression } = message.automationSpec!.automation.value as Schedule;
      if (expression.case === "rate") expression.value.unit = unit;
      return fromTaskTrigger(message).automation;
    };
    expect(every(2)).toMatchObject({ everyMs: 7_200_000 });
    expect(every(3)).toMatchObject({ everyMs: 172_800_000 });
    const older = toTaskTrigger(trigger);
    (older.automationSpec!.automation.value as Schedule).expression = { case: "cronExpression", value: "@daily" };
    expect(fromTaskTrigger(older).automation).toEqual({ kind: "cron", expression: "@daily", timeZone: "UTC" });
  });

  it.each<[string, TriggerDefinition["automation"], string]>([
    ["a step of a number", { kind: "cron", expression: "5/15 * * * *", timeZone: "UTC" }, "the minute"],
    ["a day that never comes", { kind: "cron", expression: "0 0 30 2 *", timeZone: "UTC" }, "the day of the month"],
    ["a zone that is none", { kind: "cron", expression: "@daily", timeZone: "Mars/Base" }, "cron.timeZone"],
    ["no time between two", { kind: "fixed-rate", everyMs: 0, startTime: undefined }, "fixedRate"],
  ])("refuses %s, as `cron` and `fixedRate` do", (_what, automation, field) => {
    expect(() => throughBytes({ ...trigger, automation })).toThrowError(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringMatching(new RegExp(`trigger 'nightly'.*${field}`)),
      }) as never,
    );
  });

  it("refuses a trigger without a schedule", () => {
    expect(() => fromTaskTrigger({ name: "t" })).toThrowError(
      expect.objectContaining({
        code: "INVALID_INPUT",
        message: "The trigger 't' has no schedule; it needs a cron or a fixed rate.",
      }) as never,
    );
  });
});

describe("toRunSpec", () => {
  it("keeps the settings of a run", () => {
    expect(fromRunSpec(fromBinary(RunSpecSchema, toBinary(RunSpecSchema, toRunSpec(trigger.run))))).toEqual(
      trigger.run,
    );
    expect(fromRunSpec(undefined)).toEqual({ labels: {}, annotations: {}, envVars: {}, overwriteCache: false });
    expect(fromRunSpec(create(RunSpecSchema, { overwriteCache: true })).overwriteCache).toBe(true);
  });
});
