import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { queueJson } from "../output/queue.ts";

/** `appenv pause queue NAME`: nothing of a queue starts until it is resumed. */
export function pauseQueueCommand(): Command {
  const command = createCommand("queue", "let nothing of a queue start until it is resumed; what runs goes on");
  return withOutput(withName(command, "pause"), ["appenv pause queue emails"]);
}

/** `appenv resume queue NAME`: what waits in a queue starts again. */
export function resumeQueueCommand(): Command {
  const command = createCommand("queue", "let what waits in a paused queue start again");
  return withOutput(withName(command, "resume"), ["appenv resume queue emails"]);
}

function withName(command: Command, what: "pause" | "resume"): Command {
  return withControlPlane(
    command
      .argument("<name>", "the queue: ENVIRONMENT.TASK, or the name that tasks share")
      .action((name: string, options: ControlPlaneFlags) => change(name, what, options)),
  );
}

async function change(name: string, what: "pause" | "resume", options: ControlPlaneFlags): Promise<void> {
  const { Queue } = await import("@appenv/client/tasks");
  const queue = await (await Queue.get(name, controlPlaneOf(options)))[what]();
  const waits = `${queue.waiting} wait${queue.waiting === 1 ? "s" : ""} in it`;
  const text = what === "pause" ? `Queue '${name}' is paused: ${waits}.` : `Queue '${name}' goes on: ${waits}.`;
  createOutput(options).result(queueJson(queue), text);
}
