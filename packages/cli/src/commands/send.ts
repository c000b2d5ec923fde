import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

interface Flags extends ControlPlaneFlags {
  readonly key?: string;
  readonly keep?: string;
  readonly idempotencyKey?: string;
}

/** `appenv send EVENT [VALUE]`: sends an event to the runs that wait for it. */
export function sendCommand(): Command {
  const command = createCommand(
    "send",
    "send an event to the runs that wait for it, and keep it for those that do later",
  )
    .argument("<event>", "the event's name, as in `waitFor`")
    .argument("[value]", "its value as JSON; anything else is a text (default: null)")
    .option("--key <key>", "only runs that wait for it with this key get it")
    .option("--keep <duration>", "how long it is kept for runs that wait for it later (default: 1d)")
    .option("--idempotency-key <key>", "commands with the same key send one event")
    .action(send);
  return withOutput(withControlPlane(command), [
    "appenv send order-paid '{\"amount\": 12}' --key order-7",
    "appenv send shop-open --keep 1h",
  ]);
}

async function send(
  event: string,
  text: string | undefined,
  { key, keep, idempotencyKey, ...flags }: Flags,
): Promise<void> {
  const { send: sendEvent } = await import("@appenv/client/tasks");
  const sent = await sendEvent(event, text === undefined ? null : read(text), {
    ...controlPlaneOf(flags),
    ...(key === undefined ? {} : { key }),
    ...(keep === undefined ? {} : { keep }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
  const runs = sent.delivered === 1 ? "1 run was waiting for it" : `${sent.delivered} runs were waiting for it`;
  createOutput(flags).result({ event, ...sent }, `The event '${event}' is sent; ${runs}.`);
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
