import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv delete api-key ID`: ends a key. */
export function deleteApiKeyCommand(): Command {
  const command = createCommand("api-key", "revoke an API key at once, also for running replicas")
    .argument("<id>", "the key's id, from `appenv get api-key`")
    .action(deleteApiKey);
  return withOutput(withControlPlane(command), ["appenv delete api-key 5f2c81a4"]);
}

async function deleteApiKey(id: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { ApiKeys } = await import("@appenv/client");
  await ApiKeys.revoke(id, controlPlaneOf(options));
  output.result({ id, deleted: true }, `API key ${id} is revoked.`);
}
