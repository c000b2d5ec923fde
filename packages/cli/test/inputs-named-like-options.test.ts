import { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import type { TaskInterface } from "@appenv/core/internal";
import { describe, expect, test } from "vitest";
import { createCommand, withOutput } from "../src/options/common.ts";
import { withRunOptions } from "../src/options/run.ts";
import { showInputs } from "../src/runs/input-help.ts";
import { readInputs, refuseTakenForOption } from "../src/runs/read-inputs.ts";
import { runFlagNames } from "../src/runs/request.ts";

const text = { kind: "string" } as const;
const type: TaskInterface = {
  inputs: [
    { name: "name", type: text },
    { name: "help", type: text },
    { name: "project", type: text, default: { value: "v0" } },
    { name: "label", type: { kind: "union", variants: [text, { kind: "none" }] } },
    { name: "json", type: { kind: "union", variants: [text, { kind: "none" }] } },
  ],
  output: undefined,
};
const task = { name: "g.greet", interface: type };

function errorOf(action: () => unknown): AppEnvError {
  try {
    action();
  } catch (error) {
    if (AppEnvError.is(error)) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

describe("an input that is named like an option of the command", () => {
  test("is missing if the option was meant for it, and the error says how to give it", () => {
    const error = errorOf(() => refuseTakenForOption(task, { help: "h" }, { name: "Ada" }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", fix: "Give the input as `--input name=Ada`." });
    expect(error.message).toMatch(/`--name` is an option of the command itself.* input 'name' of 'g.greet' is missing/);
  });

  test("may be given beside the option, and need not be given if it has a default", () => {
    refuseTakenForOption(task, { name: "Ada", help: "h" }, { name: "run-1", project: "p", label: { a: "b" } });
    const given = readInputs(task, [], { name: "Ada", help: "me" }, (_, value) => value);
    expect(given).toEqual({ name: "Ada", help: "me" });
  });

  test("is told of where its value stands alone", () => {
    const error = errorOf(() => readInputs(task, ['{"a":1}'], {}, (_, value) => value));
    expect(error.message).toContain("--input json=VALUE");
  });

  test("is shown in the help, `help` too", () => {
    let shown = "";
    const command = withOutput(withRunOptions(createCommand("run", "runs")), [])
      .exitOverride()
      .configureOutput({ writeOut: (part) => void (shown += part) });
    showInputs(command, task.name, type);
    const program = new Command().exitOverride().addCommand(command);
    expect(() => program.parse(["run", "--help"], { from: "user" })).toThrow("(outputHelp)");
    expect(shown).toContain("--input help=<string>");
    expect(shown).toContain("--input name=<string>");
  });
});

function read(word: string): string {
  return errorOf(() => readInputs(task, [word, "x"], {}, (_, value) => value)).message;
}

test("an unknown input is answered with the nearest input or option", () => {
  expect(read("--nmae")).toContain("Did you mean '--name'?");
  expect(read("--lable")).toContain("Did you mean '--label'?");
  expect(read("--folow")).toContain("Did you mean '--follow'?");
});

test("the list of the options is that of the command", () => {
  const command = withOutput(withRunOptions(createCommand("run", "")), []);
  const names = command.options.map(({ long }) => long?.replace(/^--/, ""));
  expect([...names, "help"]).toEqual(runFlagNames);
});
