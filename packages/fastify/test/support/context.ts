import { ProcessBackplane, type HostContext } from "@appenv/core";

/** What a host is told when it starts. */
export function context(name: string): HostContext {
  return { name, port: 0, signal: new AbortController().signal, backplane: new ProcessBackplane() };
}
