import type { Server } from "node:http";
import type { ServerResult } from "../host/app-host.ts";
import type { ParametersOf } from "../parameters/parameters-of.ts";
import type { ParameterList } from "../values/parameter.ts";

/** The argument of every hook. */
export interface HookContext<List extends ParameterList = ParameterList> {
  /** The environment's name. */
  readonly name: string;
  /** The port the app is reached at. */
  readonly port: number;
  /** The app's parameters by name, resolved, and typed by how they were declared. */
  readonly parameters: ParametersOf<List>;
  /** Aborted when the replica begins to stop. */
  readonly signal: AbortSignal;
}

/** Runs before the app answers, or after it has stopped answering. */
export type LifecycleHook<List extends ParameterList = ParameterList> = (
  context: HookContext<List>,
) => void | Promise<void>;

/** Makes the server of an environment that has no adapter. */
export type ServerHook<List extends ParameterList = ParameterList> = (
  context: HookContext<List>,
) => ServerResult | Promise<ServerResult>;

/** Gives a library the server it wants to attach to. */
export type AttachHook = (server: Server) => void | Promise<void>;

/** The hooks of an environment; the last one registered of each kind counts. */
export interface Hooks {
  readonly onStartup?: LifecycleHook;
  readonly server?: ServerHook;
  readonly attach?: AttachHook;
  readonly onShutdown?: LifecycleHook;
}
