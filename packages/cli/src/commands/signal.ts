import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv signal RUN ACTION VALUE`: gives a condition its value. */
export function signalCommand(): Command {
  const command = createCommand("signal", "give a condition its value, so that the run that waits for it goes on")
    .argument("<run>", "the run")
    .argument(
      "<action>",
      "the condition's action, from `appenv get action RUN`, or the condition's name, which can be signalled before it waits",
    )
    .argument("<value>", "true, false, a number, a text or JSON, as the condition wants")
    .action(sendSignal);
  return withOutput(withControlPlane(command), [
    "appenv signal monday approve true",
    'appenv signal monday title "May"',
    `appenv signal monday refund '{"approve": true, "amount": 40}'`,
  ]);
}

async function sendSignal(run: string, action: string, value: string, options: ControlPlaneFlags): Promise<void> {
  const { signalText } = await import("@appenv/client/tasks");
  const became = await signalText(run, action, value, controlPlaneOf(options));
  const text =
    became === "kept"
      ? `The value is kept until '${run}' asks for '${action}'.`
      : `'${action}' of '${run}' has its value.`;
  createOutput(options).result({ run, action, signalled: became === "given", kept: became === "kept" }, text);
}
