import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { table } from "../output/table.ts";

/** `appenv get api-key`: lists the keys, without their texts. */
export function getApiKeyCommand(): Command {
  const command = createCommand("api-key", "list the API keys; their texts are not kept").action(getApiKeys);
  return withOutput(withControlPlane(command), ["appenv get api-key", "appenv get api-key --json"]);
}

async function getApiKeys(options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { ApiKeys } = await import("@appenv/client");
  const keys = await ApiKeys.list(controlPlaneOf(options));
  const rows = keys.map(({ id, name, role, createdAt, lastUsedAt }) => [
    id,
    name,
    role,
    createdAt?.toISOString() ?? "",
    lastUsedAt?.toISOString() ?? "never",
  ]);
  const none = "There are no API keys yet. `appenv create api-key NAME` makes one.";
  output.list(keys, table(["ID", "NAME", "ROLE", "CREATED", "LAST USED"], rows), none);
}
