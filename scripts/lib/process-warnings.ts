function processWarnings(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => /^\(node:\d+\) (\[\w+\] )?(?!ExperimentalWarning)\w*Warning: /.test(line));
}

/** Throws if a process has been warned of what it does, such as adding too many listeners. */
export function expectNoWarnings(stderr: string): void {
  const warnings = processWarnings(stderr);
  if (warnings.length > 0) throw new Error(`Node warned a process: ${warnings.join("\n")}`);
}
