import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const source = pathToFileURL(join(import.meta.dirname, "../../src/")).href;

/**
 * Runs a script in a Node of its own: the test runner has its own idea of stack traces. `load(file)` imports
 * one of the package's modules.
 */
export async function inNode(script: string, env: Record<string, string> = {}, cwd?: string): Promise<any> {
  const code = `const load = (file) => import(${JSON.stringify(source)} + file);
    console.log("\\n" + JSON.stringify(await (async () => { ${script} })()));`;
  const options = { env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) };
  const { stdout } = await promisify(execFile)("node", ["--input-type=module", "-e", code], options);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
