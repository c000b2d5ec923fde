import type { Command } from "commander";
import type { Environment, ServeOptions } from "@appenv/core";
import {
  copyStyleOption,
  createCommand,
  forceHelp,
  parseInput,
  parseKeyValue,
  parseWeight,
  withOutput,
  withControlPlane,
  trafficHelp,
  type ControlPlaneFlags,
} from "../options/common.ts";
import { paramHelp, parameterOptions } from "../options/parameters.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput, type Output } from "../output/output.ts";
import { isImpossible, planText } from "../output/plan.ts";
import { reading } from "../output/reading.ts";
import { table } from "../output/table.ts";

interface Options extends ControlPlaneFlags {
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly param?: Readonly<Record<string, string>>;
  readonly traffic?: number;
  readonly force?: boolean;
  readonly copyStyle?: "loaded_modules" | "none";
  readonly plan?: boolean;
}

/** `appenv deploy FILE [ENV]`: registers apps or tasks, and all they depend on, with a control plane that runs already. */
export function deployCommand(): Command {
  const command = createCommand(
    "deploy",
    "register the app or the tasks of a file, and all they depend on, each when the apps it depends on answer; " +
      "what nothing else depends on is not waited for. Never starts a platform",
  )
    .argument("<file>", "the file that exports the environment")
    .argument("[env]", "the environment's export or name; needed only if the file has several")
    .option("--name <name>", "deploy under this name instead of the environment's")
    .option(
      "-e, --env <KEY=VALUE>",
      "an env var for the app, which wins over the file's; may be repeated",
      parseKeyValue,
    )
    .option("--param <NAME=VALUE>", paramHelp, parseInput)
    .option("--traffic <weight>", trafficHelp, parseWeight)
    .option("--force", forceHelp)
    .addOption(copyStyleOption())
    .option(
      "--plan",
      "show what would be created and changed, and do nothing; exit code 1 if the control plane cannot do something",
    )
    .action(deployFile);
  return withOutput(withControlPlane(command), [
    "appenv deploy hello-app.ts",
    "appenv deploy apps.ts --plan",
    "appenv deploy apps.ts frontend --project shop --domain production --json",
  ]);
}

async function deployFile(file: string, env: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  try {
    // The file may read the env vars of the app while it is loaded.
    Object.assign(process.env, options.env);
    const { pickAnyEnvironment } = await import("@appenv/client/internal");
    const { environment } = await reading(
      file,
      (text) => output.progress.say(text),
      () => pickAnyEnvironment(file, env),
    );
    const given = deployOptions(environment, options, (text, about) => output.progress.say(text, about));
    await (options.plan === true
      ? showPlan(environment, given, output)
      : deployEnvironment(environment, given, output));
  } finally {
    output.progress.stop();
  }
}

async function showPlan(environment: Environment, options: ServeOptions, output: Output): Promise<void> {
  const { planDeployment } = await import("@appenv/client/internal");
  const plan = await planDeployment([environment], options);
  output.result(plan, planText(plan));
  if (isImpossible(plan)) process.exitCode = 1;
}

async function deployEnvironment(environment: Environment, options: ServeOptions, output: Output): Promise<void> {
  const { deployAll } = await import("@appenv/client/internal");
  const deployed = await deployAll([environment], { ...options, onNote: (text) => output.note(text) });
  const apps = deployed.apps.map(({ name, endpoint, url }) => ({ name, endpoint, url }));
  const tasks = deployed.tasks.map(({ name, version, url }) => ({ name, version, url }));
  const tables = [
    ...(apps.length === 0 ? [] : [table(["NAME", "ENDPOINT", "URL"], apps.map(Object.values))]),
    ...(tasks.length === 0 ? [] : [table(["TASK", "VERSION", "URL"], tasks.map(Object.values))]),
  ];
  output.result([...apps, ...tasks], tables.join("\n\n"));
}

function deployOptions(
  environment: Environment,
  options: Options,
  onProgress: ServeOptions["onProgress"] & {},
): ServeOptions {
  const { name, env, traffic, force, copyStyle } = options;
  return {
    ...controlPlaneOf(options),
    ...(name === undefined ? {} : { name }),
    ...(env === undefined ? {} : { envVars: env }),
    ...(traffic === undefined ? {} : { traffic }),
    ...(force === undefined ? {} : { force }),
    ...(copyStyle === undefined ? {} : { copyStyle }),
    ...parameterOptions(environment, options.param),
    onProgress,
  };
}
