/** The function's name of every wait for an event. No trace has it beside a name like that of such a wait: both of its names are one. */
export const eventFunction = "waitFor";

/** The name under which Flyte's messages show a wait for an event, as a trace: they have no kind for it. */
export function eventWaitName(event: string, key: string): string {
  return `event ${event}${key === "" ? "" : ` (${key})`}`;
}

/** The event, with its key, that an action waits for, by the names of its trace; undefined for a trace that waits for none. */
export function awaitedEvent(name: string, functionName: string): string | undefined {
  return functionName === eventFunction && name.startsWith("event ") ? name.slice("event ".length) : undefined;
}
