import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { actionNamed } from "../runs/find-action.ts";

/** `appenv get io RUN [ACTION]`: shows what an action was given and what it gave. */
export function getIoCommand(): Command {
  const command = createCommand("io", "show the inputs and the output of a run, as JSON")
    .argument("<run>", "the run")
    .argument("[action]", "one of its actions (default: a0, the first)")
    .action(getIo);
  return withOutput(withControlPlane(command), ["appenv get io monday", "appenv get io monday a0 --json"]);
}

async function getIo(name: string, action: string | undefined, options: ControlPlaneFlags): Promise<void> {
  const { outputToJson, Run, valueToJson } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(options));
  const { inputs, output, interface: type } = await run.values(action && (await actionNamed(run, action)));
  const any = { kind: "struct", jsonSchema: {} } as const;
  const given = Object.entries(inputs).map(([input, value]) => {
    const found = type?.inputs.find((variable) => variable.name === input);
    return [input, valueToJson(found?.type ?? any, value)];
  });
  const json = {
    inputs: Object.fromEntries(given) as Record<string, unknown>,
    output: output === undefined ? null : outputToJson(type?.output ?? any, output),
  };
  createOutput(options).result(json, JSON.stringify(json, undefined, 2));
}
