import type { Command } from "commander";
import {
  parseDate,
  parseInput,
  parseKeyValue,
  parseLabel,
  parsePort,
  parsePriority,
  withControlPlane,
} from "./common.ts";
import { parseNotify } from "./notify.ts";

const notifyHelp =
  "tell of its end, for example slack=URL@FAILED,TIMED_OUT; by webhook=URL, slack=URL, teams=URL or email=ADDRESS, " +
  "without @ of any end; may be repeated; in place of what the task states, and none is none";

/** Adds the options of commands that start a run and wait for it. What they do not know gives inputs. */
export function withRunOptions(command: Command): Command {
  return withControlPlane(
    command
      .option("--name <name>", "the run's name (default: one that is made up)")
      .option("--label <KEY=VALUE>", "a label of the run; may be repeated", parseLabel)
      .option("--annotation <KEY=VALUE>", "an annotation of the run; may be repeated", parseLabel)
      .option("-e, --env <KEY=VALUE>", "an env var of the run; may be repeated", parseKeyValue)
      .option("--input <NAME=VALUE>", "an input that is named like one of these options; may be repeated", parseInput)
      .option("--overwrite-cache", "compute cached results again")
      .option("--idempotency-key <key>", "commands with the same key start one run")
      .option("--delay <duration>", "start it after this time, for example 10m; it can be aborted meanwhile")
      .option("--at <date>", "start it at this moment, for example 2027-01-31T09:00:00Z", parseDate)
      .option("--ttl <duration>", "let it expire if it has not begun this long after its start was due")
      .option("--priority <number>", "from -100 to 100: of what waits, the highest starts first", parsePriority)
      .option("--queue-key <key>", "the key by which the task's queue limits it (default: read from the inputs)")
      .option("--notify <WAY=WHERE@PHASES>", notifyHelp, parseNotify)
      .option("-f, --follow", "show what the task writes, on stderr (default on a terminal)")
      .option("--no-follow", "do not show what the task writes")
      .option("--detach", "do not wait for the run to end; a platform must be running")
      .option("--port <port>", "the port of the platform's API, if it is started (default: 7070, else any)", parsePort)
      .option("--host <address>", "the address the platform binds to, if it is started (default: 127.0.0.1)")
      .allowUnknownOption(),
  );
}
