import { Started, type StartOptions } from "./started.ts";

/**
 * Runs a program to its end and resolves with what it wrote to stdout.
 *
 * @throws Error with its output, if it fails.
 */
export async function runToEnd(words: readonly string[], options: StartOptions = {}): Promise<string> {
  await using program = new Started(words, options);
  const code = await program.end();
  if (code !== 0) throw new Error(`${words.join(" ")} failed:\n${program.output}`);
  return program.stdout;
}
