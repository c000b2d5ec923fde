/** The function's name of every sleep. No trace has it beside a name like that of a sleep: both of its names are one. */
const sleepFunction = "sleep";

/** The name under which Flyte's messages show a sleep, as a trace: they have no kind for it. */
export function sleepName(until: Date): string {
  return `sleep until ${until.toISOString()}`;
}

/** The planned end of a sleep, by the names of its trace; undefined for a trace that is none. */
export function sleepEnd(name: string, functionName: string): Date | undefined {
  const [, time = ""] = /^sleep until (\S+)$/.exec(name) ?? [];
  if (functionName !== sleepFunction || time === "") return undefined;
  const until = new Date(time);
  return Number.isNaN(until.getTime()) ? undefined : until;
}
