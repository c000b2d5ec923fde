import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { details } from "../output/table.ts";

/** `appenv whoami`: shows for whom the control plane takes this process. Source: `flyte whoami`. */
export function whoamiCommand(): Command {
  const command = createCommand("whoami", "show for whom the control plane takes you").action(showAccount);
  return withOutput(withControlPlane(command), ["appenv whoami", "appenv whoami --endpoint dns:///flyte.example.com"]);
}

async function showAccount(options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { whoAmI } = await import("@appenv/client/internal");
  const account = await whoAmI(controlPlaneOf(options));
  const nobody = `${account.endpoint} asks for no login, and takes you for nobody in particular.`;
  output.result(account, account.subject === "" ? nobody : details({ ...account }));
}
