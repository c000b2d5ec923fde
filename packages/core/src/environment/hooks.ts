import type { Dir, File } from "../values/parameter.ts";
import type { ServerResult } from "../host/app-host.ts";

/** What every hook is called with. */
export interface HookContext {
  /** The environment's name. */
  readonly name: string;
  /** The port the app is reached at. */
  readonly port: number;
  /** The app's parameters by name, resolved. */
  readonly parameters: Readonly<Record<string, string | File | Dir>>;
  /** Aborted when the replica begins to stop. */
  readonly signal: AbortSignal;
}

/** Runs before the app answers, or after it has stopped answering. */
export type LifecycleHook = (context: HookContext) => void | Promise<void>;

/** Makes the server of an environment that has no adapter. */
export type ServerHook = (context: HookContext) => ServerResult | Promise<ServerResult>;

/** The hooks of an environment; the last one registered of each kind counts. */
export interface Hooks {
  readonly onStartup?: LifecycleHook;
  readonly server?: ServerHook;
  readonly onShutdown?: LifecycleHook;
}
