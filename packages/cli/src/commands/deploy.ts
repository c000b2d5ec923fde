import type { Command } from "commander";
import type { ServeOptions } from "@appenv/core";
import { createCommand, parseKeyValue, withOutput, withTarget, type TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";
import { createOutput } from "../output/output.ts";
import { table } from "../output/table.ts";

interface Options extends TargetFlags {
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `appenv deploy FILE [ENV]`: registers an app and all it depends on with a control plane that runs already. */
export function deployCommand(): Command {
  const command = createCommand(
    "deploy",
    "register the app of a file, and all it depends on, without waiting until it answers; never starts a platform",
  )
    .argument("<file>", "the file that exports the environment")
    .argument("[env]", "the environment's export or name; needed only if the file has several")
    .option("--name <name>", "deploy under this name instead of the environment's")
    .option("-e, --env <KEY=VALUE>", "an env var for the app; may be repeated, and wins over the file's", parseKeyValue)
    .action(deployFile);
  return withOutput(withTarget(command), [
    "appenv deploy hello-app.ts",
    "appenv deploy apps.ts frontend --project shop --domain production --json",
  ]);
}

async function deployFile(file: string, env: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  output.progress.say(`Reading ${file} ...`);
  try {
    const { deploy, pickEnvironment } = await import("@appenv/client");
    const { environment } = await pickEnvironment(file, env);
    const handles = await deploy(
      [environment],
      deployOptions(options, (text) => output.progress.say(text)),
    );
    const apps = handles.map(({ name, endpoint, url }) => ({ name, endpoint, url }));
    const rows = apps.map(({ name, endpoint, url }) => [name, endpoint, url]);
    output.result(apps, table(["NAME", "ENDPOINT", "URL"], rows));
  } finally {
    output.progress.stop();
  }
}

function deployOptions(options: Options, onProgress: (text: string) => void): ServeOptions {
  const { name, env } = options;
  return {
    ...targetOf(options),
    ...(name === undefined ? {} : { name }),
    ...(env === undefined ? {} : { envVars: env }),
    onProgress,
  };
}
