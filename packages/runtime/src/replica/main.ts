import { enableCompileCache } from "node:module";

// The cache must be on before the rest is compiled, and imports run before code: hence this file of two lines.
enableCompileCache(process.env["APPENV_COMPILE_CACHE"]);
const { runReplica } = await import("./replica.ts");
runReplica();
