#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Compiled code is kept between runs, in the system's directory for temporary files: starting takes half the time.
enableCompileCache();

const { runCli } = await import("./run.ts");
process.exit(await runCli(process.argv.slice(2)));
