function processWarnings(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => /^\(node:\d+\) (\[\w+\] )?(?!ExperimentalWarning)\w*Warning: /.test(line));
}

/** Throws if Node has warned a process, for example of too many listeners. */
export function expectNoWarnings(stderr: string): void {
  const warnings = processWarnings(stderr);
  if (warnings.length > 0) throw new Error(`Node warned a process: ${warnings.join("\n")}`);
}
