#!/usr/bin/env node
// Imported whole: an older Node.js lacks some of it, and is to be told so.
import * as modules from "node:module";
import { isNewEnough, oldestNode } from "./node-version.ts";

if (!isNewEnough(process.versions.node)) {
  process.stderr.write(
    `error: appenv needs Node.js ${oldestNode} or newer, and this is ${process.versions.node} (${process.execPath}).\n` +
      "fix: Install a newer one from https://nodejs.org, or put it first in PATH.\n",
  );
  process.exit(1);
}

// Compiled code is kept between runs, in the system's directory for temporary files: starting takes half the time.
modules.enableCompileCache();

const { keepTicksFast } = await import("@appenv/runtime/fast-ticks");
keepTicksFast();

const { runCli } = await import("./run.ts");
process.exit(await runCli(process.argv.slice(2)));
