import type { Command } from "commander";
import { behindProxyHelp, keepRunsHelp, noTcpHelp, requireTokenHelp } from "../options/binding.ts";
import {
  copyStyleOption,
  createCommand,
  forceHelp,
  parseInput,
  parseKeyValue,
  parseWeight,
  parseDuration,
  parsePort,
  withOutput,
  withControlPlane,
  trafficHelp,
} from "../options/common.ts";
import { paramHelp } from "../options/parameters.ts";
import { carryOut } from "../serve/carry-out.ts";
import type { ServeFlags } from "../serve/request.ts";

/** `appenv serve FILE [ENV]`: serves an app and all it depends on. */
export function serveCommand(): Command {
  const command = createCommand(
    "serve",
    "serve the app of a file, and all it depends on, and wait until it can answer. " +
      "Without a control plane it starts the platform, which runs until Ctrl-C.",
  )
    .argument("<file>", "the file that exports the environment")
    .argument("[env]", "the environment's export or name; needed only if the file has several")
    .option("--name <name>", "serve under this name instead of the environment's")
    .option(
      "-e, --env <KEY=VALUE>",
      "an env var for the app, which wins over the file's; may be repeated",
      parseKeyValue,
    )
    .option("--param <NAME=VALUE>", paramHelp, parseInput)
    .option("--traffic <weight>", trafficHelp, parseWeight)
    .option("--force", forceHelp)
    .addOption(copyStyleOption())
    .option("-w, --watch", "serve again whenever a source file changes")
    .option("-f, --follow", "show what the app writes, until Ctrl-C")
    .option("--port <port>", "the port of the platform's API, if it is started; 0 takes any (default: 7070)", parsePort)
    .option("--host <address>", "the address the platform binds to, if it is started (default: 127.0.0.1)")
    .option("--no-tcp", noTcpHelp)
    .option("--behind-proxy", behindProxyHelp)
    .option("--require-token", requireTokenHelp)
    .option("--keep-runs <time>", keepRunsHelp, parseDuration)
    .action((file: string, name: string | undefined, flags: ServeFlags) =>
      carryOut({ kind: "serve", file, name, flags }),
    );
  return withOutput(withControlPlane(command), [
    "appenv serve hello-app.ts",
    "appenv serve apps.ts frontend --watch -e LOG_LEVEL=debug",
    "appenv serve apps.ts frontend --param model=./small.bin --param backend.mode=fast",
    "appenv serve hello-app.ts --json",
  ]);
}
