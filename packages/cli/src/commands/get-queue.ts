import type { Command } from "commander";
import type { Queue } from "@appenv/client/tasks";
import { createCommand, parseCount, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput, type Output } from "../output/output.ts";
import { limitsText, pausedText, queueJson } from "../output/queue.ts";
import { timeText } from "../output/run.ts";
import { details, table } from "../output/table.ts";

interface Options extends ControlPlaneFlags {
  readonly key?: string;
  readonly limit?: number;
}

/** `appenv get queue [NAME]`: shows one queue, or those of a project and domain. */
export function getQueueCommand(): Command {
  const command = createCommand("queue", "show a queue with its keys and what waits in it, or all queues")
    .argument("[name]", "the queue: ENVIRONMENT.TASK, or the name that tasks share")
    .option("--key <key>", "only what waits with this key")
    .option("--limit <count>", "the maximum number of waiting actions shown (default: 50)", parseCount)
    .action(getQueue);
  return withOutput(withControlPlane(command), ["appenv get queue", "appenv get queue emails --json"]);
}

async function getQueue(name: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  const { Queue } = await import("@appenv/client/tasks");
  if (name === undefined) return list(await Queue.list(controlPlaneOf(options)), output);
  const { key, limit } = options;
  const asked = { ...(key === undefined ? {} : { key }), ...(limit === undefined ? {} : { limit }) };
  const queue = await Queue.get(name, { ...controlPlaneOf(options), ...asked });
  const { keys, next } = queue;
  const shown = {
    name: queue.name,
    tasks: queue.tasks.join(", "),
    limits: limitsText(queue),
    paused: pausedText(queue),
    waiting: String(queue.waiting),
    running: String(queue.running),
    oldest: timeText(queue.oldestAt),
  };
  const parts = [details(shown), keys.length === 0 ? "" : keyTable(queue), next.length === 0 ? "" : nextTable(queue)];
  output.result({ ...queueJson(queue), keys, next }, parts.filter((part) => part !== "").join("\n\n"));
}

function list(queues: readonly Queue[], output: Output): void {
  const rows = queues.map((queue) => [
    queue.name,
    String(queue.waiting),
    String(queue.running),
    limitsText(queue),
    timeText(queue.oldestAt),
    pausedText(queue),
  ]);
  const text = table(["QUEUE", "WAITING", "RUNNING", "LIMITS", "OLDEST", "PAUSED"], rows);
  output.list(queues.map(queueJson), text, "There are no queues. Every deployed task has one.");
}

function keyTable({ keys }: Queue): string {
  const rows = keys.map(({ key, waiting, running, rateLeft, nextAt }) => [
    key === "" ? "(none)" : key,
    String(waiting),
    String(running),
    rateLeft === undefined ? "" : String(rateLeft),
    timeText(nextAt),
  ]);
  return table(["KEY", "WAITING", "RUNNING", "RATE LEFT", "NEXT START"], rows);
}

function nextTable({ next }: Queue): string {
  const rows = next.map(({ run, action, task, key, priority, queuedAt }) => [
    `${run}/${action}`,
    task,
    key,
    String(priority),
    timeText(queuedAt),
  ]);
  return table(["NEXT", "TASK", "KEY", "PRIORITY", "WAITS SINCE"], rows);
}
