import { type HostContext } from "@appenv/core";
import { ProcessBackplane } from "@appenv/backplane";

/** What a host is told when it starts. */
export function context(name: string): HostContext {
  return { name, port: 0, signal: new AbortController().signal, backplane: new ProcessBackplane() };
}
