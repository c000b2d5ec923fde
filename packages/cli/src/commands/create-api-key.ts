import { Option, type Command } from "commander";
import type { ApiKeyRole } from "@appenv/client";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

interface Options extends ControlPlaneFlags {
  readonly role: ApiKeyRole;
}

/** `appenv create api-key NAME`: makes a key. */
export function createApiKeyCommand(): Command {
  const command = createCommand("api-key", "make a key for the platform and its apps; it is shown this once")
    .argument("<name>", "a name that tells people what the key is for")
    .addOption(
      new Option(
        "--role <role>",
        "admin may do everything, and calls apps; viewer reads the platform's API and pages alone",
      )
        .choices(["admin", "viewer"])
        .default("admin"),
    )
    .action(createApiKey);
  return withOutput(withControlPlane(command), [
    "appenv create api-key laptop",
    "appenv create api-key dashboard --role viewer",
    'curl -H "Authorization: Bearer $(appenv create api-key ci)" http://localhost:8080/',
  ]);
}

async function createApiKey(name: string, options: Options): Promise<void> {
  const output = createOutput(options);
  const { ApiKeys } = await import("@appenv/client");
  const { role } = options;
  const { id, key } = await ApiKeys.create(name, { ...controlPlaneOf(options), role });
  output.result({ id, name, role, key }, key);
  output.note(`This key is shown only now. \`appenv delete api-key ${id}\` revokes it.`);
}
