import type { Command } from "commander";
import type { Run } from "@appenv/client/tasks";
import type { StreamItem } from "@appenv/core";
import { createCommand, parseCount, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { printLines, stopSignal } from "../output/logs.ts";
import { createOutput, type Output } from "../output/output.ts";
import { table } from "../output/table.ts";

interface Options extends ControlPlaneFlags {
  readonly follow?: boolean;
  readonly from?: number;
}

/** `appenv get stream RUN [NAME]`: shows the streams of a run, or the values of one. */
export function getStreamCommand(): Command {
  const command = createCommand("stream", "show the streams of a run, or the values of one of them, one on each line")
    .argument("<run>", "the run")
    .argument("[name]", "the stream")
    .option("-f, --follow", "go on with new values until it is closed or its run has ended, or Ctrl-C")
    .option("--from <offset>", "only values from this offset on (default: all)", parseCount)
    .action(getStream);
  return withOutput(withControlPlane(command), [
    "appenv get stream monday",
    "appenv get stream monday tokens --follow",
    "appenv get stream monday tokens --from 100 --json",
  ]);
}

async function getStream(name: string, stream: string | undefined, options: Options): Promise<void> {
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(options));
  const output = createOutput(options);
  if (stream === undefined) return listStreams(run, output);
  const { follow = false, from = 0 } = options;
  const signal = stopSignal(follow);
  const items = run.stream(stream, {
    from,
    follow,
    signal,
    onRestart: ({ action, attempt }) =>
      output.note(`(attempt ${attempt} of ${action} began again: its values above are void)`),
  });
  await printLines(items, lineOf, output, signal);
}

async function listStreams(run: Run, output: Output): Promise<void> {
  const streams = await run.streams();
  const rows = streams.map(({ name, entries, bytes, closed }) => [
    name,
    String(entries),
    String(bytes),
    closed ? "yes" : "no",
  ]);
  output.list(streams, table(["NAME", "ENTRIES", "BYTES", "CLOSED"], rows), `The run '${run.name}' has no stream.`);
}

function lineOf({ value }: StreamItem): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
