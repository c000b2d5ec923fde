import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv create api-key NAME`: makes a key that apps accept. */
export function createApiKeyCommand(): Command {
  const command = createCommand("api-key", "make a key that apps with requiresAuth accept; it is shown this once")
    .argument("<name>", "a name that tells people what the key is for")
    .action(createApiKey);
  return withOutput(withControlPlane(command), [
    "appenv create api-key laptop",
    'curl -H "Authorization: Bearer $(appenv create api-key ci)" http://localhost:8080/',
  ]);
}

async function createApiKey(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { ApiKeys } = await import("@appenv/client");
  const { id, key } = await ApiKeys.create(name, controlPlaneOf(options));
  output.result({ id, name, key }, key);
  output.note(`This key is shown only now. \`appenv delete api-key ${id}\` revokes it.`);
}
