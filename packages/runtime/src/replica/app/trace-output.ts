import { isTraced, tracedOutput } from "@appenv/core/internal";

/**
 * From now on lines that are JSON objects have the ids of the active span, if an SDK is registered; other output is
 * written as it is, and without an SDK all of it.
 */
export function traceOutput(): void {
  if (!isTraced()) return;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = ((chunk: unknown, ...rest: unknown[]) =>
      write(typeof chunk === "string" ? tracedOutput(chunk) : chunk, ...rest)) as typeof stream.write;
  }
}
