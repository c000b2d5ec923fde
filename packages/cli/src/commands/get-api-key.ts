import type { Command } from "commander";
import { createCommand, withOutput, withTarget, type TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";
import { createOutput } from "../output/output.ts";
import { table } from "../output/table.ts";

/** `appenv get api-key`: lists the keys apps accept, without their texts. */
export function getApiKeyCommand(): Command {
  const command = createCommand("api-key", "list the API keys; their texts are not kept").action(getApiKeys);
  return withOutput(withTarget(command), ["appenv get api-key", "appenv get api-key --json"]);
}

async function getApiKeys(options: TargetFlags): Promise<void> {
  const output = createOutput(options);
  const { ApiKeys } = await import("@appenv/client");
  const keys = await ApiKeys.list(targetOf(options));
  if (keys.length === 0 && !output.json) {
    output.note("There are no API keys yet. `appenv create api-key NAME` makes one.");
    return;
  }
  const rows = keys.map(({ id, name, createdAt }) => [id, name, createdAt?.toISOString() ?? ""]);
  output.result(keys, table(["ID", "NAME", "CREATED"], rows));
}
