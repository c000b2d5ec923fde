import type { Command } from "commander";
import type { Task, TaskSummary } from "@appenv/client/tasks";
import { type ControlPlaneFlags, createCommand, parseCount, withControlPlane, withOutput } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput, type Output } from "../output/output.ts";
import { timeText } from "../output/run.ts";
import { details, table } from "../output/table.ts";
import { outputWord, typeWord } from "../runs/input-types.ts";

interface Options extends ControlPlaneFlags {
  readonly limit?: number;
}

/** `appenv get task [NAME]`: shows one deployed task with its inputs, or all of a project and domain. */
export function getTaskCommand(): Command {
  const command = createCommand("task", "show a deployed task and its inputs, or all tasks of the project and domain")
    .argument("[name]", "the task as ENVIRONMENT.TASK, with @VERSION for another version than the newest")
    .option("--limit <count>", "the maximum number shown (default: 100)", parseCount)
    .action(getTask);
  return withOutput(withControlPlane(command), ["appenv get task", "appenv get task add-one.add_one --json"]);
}

async function getTask(name: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  if (name === undefined) return listTasks(options, output);
  const [, task = name, version] = /^(.*?)@(.+)$/.exec(name) ?? [];
  const { Task } = await import("@appenv/client/tasks");
  const found = await Task.get(task, { ...controlPlaneOf(options), ...(version === undefined ? {} : { version }) });
  const versions = (await Task.versions(task, { ...controlPlaneOf(options), limit: 10 })).map((item) => item.version);
  output.result({ ...taskJson(found), interface: found.interface, versions }, taskDetails(found, versions));
}

function taskJson({ id, description, deployedAt, url }: Task | TaskSummary): Record<string, string> {
  const { name, version, project, domain } = id;
  const deployed: Record<string, string> = deployedAt === undefined ? {} : { deployedAt: deployedAt.toISOString() };
  return { name, project, domain, version, description, url, ...deployed };
}

function taskDetails(task: Task, versions: readonly string[]): string {
  const { inputs, output } = task.interface;
  const rows = inputs.map(({ name, type, default: byDefault, description = "" }) => [
    `  --${name}`,
    typeWord(type),
    byDefault === undefined ? "required" : "",
    description,
  ]);
  const head = details({ ...taskJson(task), gives: output === undefined ? "nothing" : outputWord(output) });
  const known = versions.length > 1 ? `\nversions:\n${versions.map((version) => `  ${version}`).join("\n")}` : "";
  return rows.length === 0 ? `${head}${known}` : `${head}\ninputs:\n${table(["  NAME", "TYPE", "", ""], rows)}${known}`;
}

async function listTasks({ limit, ...flags }: Options, output: Output): Promise<void> {
  const { Task } = await import("@appenv/client/tasks");
  const tasks = await Task.list({ ...controlPlaneOf(flags), ...(limit === undefined ? {} : { limit }) });
  const rows = tasks.map(({ id, deployedAt, description }) => [id.name, id.version, timeText(deployedAt), description]);
  const text = table(["NAME", "VERSION", "DEPLOYED", "DESCRIPTION"], rows);
  output.list(tasks.map(taskJson), text, "There are no tasks yet. `appenv deploy FILE` registers those of a file.");
}
