import { type HostContext } from "@appenv/core";
import { ProcessBackplane } from "@appenv/backplane";

/** The context with which a host is started. */
export function context(name: string): HostContext {
  return { name, port: 0, signal: new AbortController().signal, backplane: new ProcessBackplane() };
}
