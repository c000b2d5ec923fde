import type { Command } from "commander";
import type { Duration } from "@appenv/core";
import { createCommand, parseDuration, parsePort, withOutput, type OutputOptions } from "../options/common.ts";
import { behindProxyHelp, bindingOf, keepRunsHelp, noTcpHelp, requireTokenHelp } from "../options/binding.ts";
import { createOutput } from "../output/output.ts";
import { untilStopped } from "../platform/until-stopped.ts";

interface Options extends OutputOptions {
  readonly port?: number;
  readonly host?: string;
  readonly tcp?: boolean;
  readonly behindProxy?: boolean;
  readonly requireToken?: boolean;
  readonly keepRuns?: Duration;
}

/** `appenv up`: runs the platform in the foreground. */
export function upCommand(): Command {
  const command = createCommand("up", "run the platform on this machine, until Ctrl-C")
    .option("--port <port>", "the port of the API; 0 takes any free one (default: 7070)", parsePort)
    .option("--host <address>", "the address the API and the apps bind to (default: 127.0.0.1)")
    .option("--no-tcp", noTcpHelp)
    .option("--behind-proxy", behindProxyHelp)
    .option("--require-token", requireTokenHelp)
    .option("--keep-runs <time>", keepRunsHelp, parseDuration)
    .action(up);
  return withOutput(command, ["appenv up", "appenv up --port 0 --json", "appenv up --behind-proxy"]);
}

async function up(options: Options): Promise<void> {
  const output = createOutput(options);
  const { platform, stopped } = await output.during("Starting the platform ...", async () => {
    const { startPlatform } = await import("@appenv/platform");
    const asked = untilStopped();
    const started = await startPlatform({
      ownsProcess: true,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...bindingOf(options),
    });
    return { platform: started, stopped: asked };
  });
  const { endpoint, home } = platform;
  output.result({ endpoint, home, pid: process.pid }, endpoint);
  output.note(`The platform is running; its state is in ${home}. Ctrl-C ends it.`);
  await stopped;
  await output.during("Stopping: running requests finish first ...", () => platform.close());
}
