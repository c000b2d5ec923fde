#!/usr/bin/env node
import { parseArgs } from "node:util";
import { AppEnvError } from "@appenv/core";
import { listen } from "../listen.ts";
import { loadEnvironment } from "../load/load-environment.ts";
import { startGiven } from "../replica/parameters/start-parameters.ts";

const usage = `Serves an app in this process, without a platform, for example in a container.

  appenv-replica --module FILE [--environment NAME] [--port N] [--host ADDRESS]

  --module       the file that exports the environment
  --environment  its name; needed if the file exports several
  --port         default: the environment's
  --host         default: 0.0.0.0, or the env var APPENV_HOST
  --help         this text

Example: appenv-replica --module dist/app.js --port 8080
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      module: { type: "string" },
      environment: { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return void process.stdout.write(usage);
  if (values.module === undefined) throw new TypeError(`--module is missing.\n\n${usage}`);
  process.setSourceMapsEnabled(true);
  const given = await startGiven(values.environment);
  const environment = await loadEnvironment(values.module, values.environment);
  const options = {
    ...(values.port === undefined ? {} : { port: toPort(values.port) }),
    ...(values.host === undefined ? {} : { host: values.host }),
  };
  const { endpoint } = await listen(environment, options, given);
  process.stderr.write(`App '${environment.name}' is now serving: ${endpoint}\n`);
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new TypeError(`--port is ${JSON.stringify(text)}, but must be a whole number from 0 to 65535.`);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!AppEnvError.is(error)) return error.message;
  const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : "";
  return `[${error.code}] ${error.message}\n${error.fix}${cause}`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
