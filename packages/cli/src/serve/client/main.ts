import { enableCompileCache } from "node:module";

// The same cache as the command's own; it must be on before the rest is compiled.
enableCompileCache();
const { runClient } = await import("./run-client.ts");
process.exit(await runClient(process.argv[2] ?? ""));
