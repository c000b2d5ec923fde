import type { OptionNames } from "../../errors/known-options.ts";

/** Options of a call of a task inside a run. */
export interface CallOptions {
  /** The group under which lists show it. Default: the group around the call. */
  readonly group?: string;
  /**
   * Names the call outright, among all that its action calls: then neither its place in the code nor its input tells it
   * from others. At most 200 characters.
   */
  readonly key?: string;
}

/** Names of the options of a call. */
export const callOptionNames: OptionNames<CallOptions> = { group: true, key: true };
