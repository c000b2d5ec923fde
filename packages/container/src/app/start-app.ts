import { parseArgs } from "node:util";
import { explain, serveAlone, type ModuleExports } from "@appenv/runtime";

/** Serves an app until the process is told to end. A failure is written to its output, and ends it. */
export async function startApp(load: () => Promise<ModuleExports>, words: readonly string[]): Promise<void> {
  try {
    const { values } = parseArgs({ args: [...words], options: { environment: { type: "string" } } });
    await serveAlone(load, values.environment, portOf(process.env["PORT"]));
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    // Knative starts it again, ever more slowly.
    process.exit(1);
  }
}

/** Knative tells the port; it is the one that the environment declares. */
function portOf(text: string | undefined): { readonly port?: number } {
  return text === undefined || !/^\d+$/.test(text) ? {} : { port: Number(text) };
}
