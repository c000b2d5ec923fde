import { randomUUID } from "node:crypto";
import { mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { type ControlPlaneFlags, createCommand, withControlPlane, withOutput } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

interface Options extends ControlPlaneFlags {
  readonly output: string;
  readonly task?: readonly string[];
  readonly app?: readonly string[];
  readonly check?: boolean;
}

/** `appenv gen client`: writes a typed client for the tasks and apps that are deployed. */
export function genClientCommand(): Command {
  const command = createCommand("client", "write a typed client for the tasks and apps that are deployed")
    .option("-o, --output <file>", "the file to write", "appenv-client.ts")
    .option("--task <name...>", "only these tasks, by ENVIRONMENT.TASK or ENVIRONMENT; without --app, no apps")
    .option("--app <name...>", "only these apps; without --task, no tasks")
    .option("--check", "write nothing, and fail if the file is not as it would be written")
    .action(genClient);
  return withOutput(withControlPlane(command), [
    "appenv gen client",
    "appenv gen client --task billing --app shop --output src/billing-client.ts",
    "appenv gen client --check",
  ]);
}

async function genClient(options: Options): Promise<void> {
  const { generateClient } = await import("@appenv/client/internal");
  const { text, tasks, apps, leftOut } = await generateClient({
    ...controlPlaneOf(options),
    ...chosen(options),
    command: commandOf(options),
  });
  const output = createOutput(options);
  for (const { app, reason } of leftOut) output.note(`Without the app '${app}': ${reason}.`);
  if (tasks.length + apps.length === 0) throw nothing();
  const file = resolve(options.output);
  if (options.check === true) await check(file, text);
  else await write(file, text);
  const counted = `${count(tasks.length, "task")} and ${count(apps.length, "app")}`;
  const done = options.check === true ? `${options.output} is current` : `Wrote ${options.output}`;
  output.result({ file, tasks, apps }, `${done}: ${counted}.`);
}

/** To choose one kind is to leave the other out. */
function chosen({ task, app }: Options): { readonly tasks?: readonly string[]; readonly apps?: readonly string[] } {
  return task === undefined && app === undefined ? {} : { tasks: task ?? [], apps: app ?? [] };
}

function commandOf({ task = [], app = [], output }: Options): string {
  const words = [
    ...task.flatMap((name) => ["--task", name]),
    ...app.flatMap((name) => ["--app", name]),
    ...(output === "appenv-client.ts" ? [] : ["--output", output]),
  ];
  return ["appenv gen client", ...words].join(" ");
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

function nothing(): AppEnvError {
  return new AppEnvError(
    "NOT_FOUND",
    "There are no tasks, and no apps that describe themselves, to write a client for.",
    {
      fix: "Deploy some first, with `appenv deploy FILE` or `appenv serve FILE`; `--project` and `--domain` say where.",
    },
  );
}

async function check(file: string, text: string): Promise<void> {
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before === text) return;
  const state = before === undefined ? "is not there" : "is not as it would be written now";
  throw new AppEnvError("OUT_OF_DATE", `${file} ${state}.`);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await replace(file, text);
  } catch (cause) {
    throw new AppEnvError("INVALID_ARGUMENT", `${file} cannot be written: ${(cause as Error).message}.`, {
      cause,
      fix: "Choose a file you may write with `--output`.",
    });
  }
}

/** Whoever reads the file meanwhile, or after the command was killed, has the old one or the new one, whole. */
async function replace(file: string, text: string): Promise<void> {
  // Through a link, so that it stays one.
  const target = await realpath(file).catch(() => file);
  const unfinished = `${target}.${randomUUID()}`;
  try {
    await writeFile(unfinished, text, { flush: true });
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
}
