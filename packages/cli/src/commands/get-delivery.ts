import { Option, type Command } from "commander";
import type { Delivery } from "@appenv/client/tasks";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput, type Output } from "../output/output.ts";
import { timeText } from "../output/run.ts";
import { details, table } from "../output/table.ts";

interface Options extends ControlPlaneFlags {
  readonly app?: string;
  readonly source?: string;
  readonly failed?: boolean;
  readonly limit: number;
}

/** `appenv get delivery [ID]`: lists deliveries to webhooks, or shows one with its body. */
export function getDeliveryCommand(): Command {
  const command = createCommand("delivery", "list the deliveries to webhooks, or show one with its headers and body")
    .argument("[id]", "show one (default: list them)")
    .option("--app <name>", "only those of an app")
    .option("--source <name>", "only those of a source, for example github")
    .option("--failed", "only those that were not verified, or were answered with a status of 400 and above")
    .addOption(new Option("--limit <count>", "maximum number").argParser(Number).default(50))
    .action(getDelivery);
  return withOutput(withControlPlane(command), [
    "appenv get delivery",
    "appenv get delivery --source github --failed",
    "appenv get delivery d0123456789abcdef",
  ]);
}

async function getDelivery(id: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  if (id !== undefined) return showDelivery(id, options, output);
  const { Deliveries } = await import("@appenv/client/tasks");
  const { app, source, failed = false, limit } = options;
  const filters = { ...(app !== undefined && { app }), ...(source !== undefined && { source }), failed, limit };
  const found = await Deliveries.list({ ...controlPlaneOf(options), ...filters });
  const columns = ["ID", "RECEIVED", "APP", "SOURCE", "TYPE", "VERIFIED", "BYTES", "STATUS", "RUN"];
  output.list(found, table(columns, found.map(rowOf)), "No delivery is kept.");
}

function rowOf({
  id,
  receivedAt,
  app,
  source,
  type,
  verified,
  size,
  status,
  run,
  replayOf,
}: Delivery): readonly string[] {
  const kind = replayOf === undefined ? type : `${type} (replay)`;
  return [
    id,
    timeText(receivedAt),
    app,
    source,
    kind,
    verified ? "yes" : "no",
    String(size),
    String(status),
    run ?? "",
  ];
}

async function showDelivery(id: string, options: Options, output: Output): Promise<void> {
  const { Deliveries } = await import("@appenv/client/tasks");
  const { body, headers, ...facts } = await Deliveries.get(id, controlPlaneOf(options));
  const text = new TextDecoder().decode(body);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const shown = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, textOf(value)]));
  output.result({ ...facts, headers, body: text }, [details(shown), ...lines, "", text].join("\n"));
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return value === undefined ? "" : String(value);
}
