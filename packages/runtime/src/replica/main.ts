import { enableCompileCache } from "node:module";
import { keepTicksFast } from "../fast-ticks.ts";

keepTicksFast();
// The cache must be on before the rest is compiled, and imports run before code: hence this small file.
enableCompileCache(process.env["APPENV_COMPILE_CACHE"]);
const { runReplica } = await import("./replica.ts");
runReplica();
