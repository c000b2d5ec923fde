import { AppEnvError, type ListenOptions } from "@appenv/core";
import { keepTicksFast } from "../fast-ticks.ts";
import { listen } from "../listen.ts";
import { loadEnvironment, type CodeSource } from "../load/load-environment.ts";
import { traceOutput } from "../replica/app/trace-output.ts";
import { startGiven } from "../replica/parameters/start-parameters.ts";

/**
 * Serves an app in this process, without a platform: its parameters are there before its code is imported. Resolves when it
 * accepts connections.
 *
 * @param environment - Its name; undefined if the code exports only one. @throws AppEnvError as `loadEnvironment` and `listen`.
 */
export async function serveAlone(
  source: CodeSource,
  environment: string | undefined,
  options: ListenOptions,
): Promise<void> {
  keepTicksFast();
  process.setSourceMapsEnabled(true);
  const given = await startGiven(environment);
  const loaded = await loadEnvironment(source, environment);
  traceOutput();
  const { endpoint } = await listen(loaded, options, given);
  process.stderr.write(`App '${loaded.name}' is now serving: ${endpoint}\n`);
}

/** An error that ends the process, for the reader of its output. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!AppEnvError.is(error)) return error.message;
  const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : "";
  return `[${error.code}] ${error.message}\n${error.fix}${cause}`;
}
