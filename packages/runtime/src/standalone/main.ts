#!/usr/bin/env node
import { parseArgs } from "node:util";
import { explain, serveAlone } from "./serve-alone.ts";

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
  const { module, environment, port, host } = values;
  await serveAlone(module, environment, {
    ...(port === undefined ? {} : { port: toPort(port) }),
    ...(host === undefined ? {} : { host }),
  });
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new TypeError(`--port is ${JSON.stringify(text)}, but must be a whole number from 0 to 65535.`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
