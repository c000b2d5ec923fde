import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv replay ID`: sends a delivery to its app once more. */
export function replayCommand(): Command {
  const command = createCommand("replay", "send a delivery to its webhook once more; its runs are new ones")
    .argument("<id>", "the delivery's id, from `appenv get delivery`")
    .action(replay);
  return withOutput(withControlPlane(command), [
    "appenv replay d0123456789abcdef",
    "appenv replay d0123456789abcdef --json",
  ]);
}

async function replay(id: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { Deliveries } = await import("@appenv/client/tasks");
  const answer = await Deliveries.replay(id, controlPlaneOf(options));
  output.result(answer, `The app answered ${answer.status}${answer.answer === "" ? "." : `: ${answer.answer}`}`);
}
