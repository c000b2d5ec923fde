import type { Command } from "commander";
import { createCommand, parseCount, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { timeText } from "../output/run.ts";
import { table } from "../output/table.ts";

interface Flags extends ControlPlaneFlags {
  readonly limit?: number;
}

/** `appenv get event [NAME]`: lists the events that are kept. */
export function getEventCommand(): Command {
  const command = createCommand("event", "list the events that are kept for runs that wait for them")
    .argument("[name]", "only events of this name")
    .option("--limit <count>", "the maximum number shown (default: 100)", parseCount)
    .action(getEvents);
  return withOutput(withControlPlane(command), ["appenv get event", "appenv get event order-paid --json"]);
}

async function getEvents(name: string | undefined, { limit, ...flags }: Flags): Promise<void> {
  const { listEvents } = await import("@appenv/client/tasks");
  const events = await listEvents({
    ...controlPlaneOf(flags),
    ...(name === undefined ? {} : { name }),
    ...(limit === undefined ? {} : { limit }),
  });
  const json = events.map(({ sentAt, keptUntil, ...event }) => ({
    ...event,
    sentAt: sentAt.toISOString(),
    keptUntil: keptUntil.toISOString(),
  }));
  const rows = events.map((event) => [
    event.name,
    event.key,
    timeText(event.sentAt),
    timeText(event.keptUntil),
    event.sender,
    shortened(JSON.stringify(event.value)),
  ]);
  createOutput(flags).list(
    json,
    table(["EVENT", "KEY", "SENT", "KEPT UNTIL", "BY", "VALUE"], rows),
    "No event is kept.",
  );
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
