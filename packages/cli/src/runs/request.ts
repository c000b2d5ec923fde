import type { NotificationRule } from "@appenv/core";
import type { ControlPlaneFlags } from "../options/common.ts";

/** The options of commands that start a run. */
export interface RunFlags extends ControlPlaneFlags {
  readonly name?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly annotation?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Readonly<Record<string, string>>;
  readonly overwriteCache?: boolean;
  readonly idempotencyKey?: string;
  readonly delay?: string;
  /** A date; written as JSON it is a text. */
  readonly at?: Date | string;
  readonly ttl?: string;
  readonly priority?: number;
  readonly queueKey?: string;
  readonly notify?: readonly NotificationRule[];
  readonly follow?: boolean;
  readonly detach?: boolean;
  readonly port?: number;
  readonly host?: string;
}

/** The task to run: one of a file, a deployed one, or that of another run. */
export type RunSubject =
  | { readonly from: "file"; readonly file: string; readonly task: string | undefined }
  | { readonly from: "deployed"; readonly task: string; readonly version: string | undefined }
  | { readonly from: "run"; readonly run: string; readonly recover: boolean; readonly action: string | undefined };

/** A request to run a task. It can be written as JSON. */
export interface RunRequest {
  readonly kind: "run";
  readonly subject: RunSubject;
  /** The words that give the task's inputs. */
  readonly words: readonly string[];
  readonly flags: RunFlags;
}

/** The options of commands that start a run, in the order of their help. */
export const runFlagNames: readonly string[] = (
  "name label annotation env input overwrite-cache idempotency-key delay at ttl priority queue-key notify follow no-follow detach port host " +
  "endpoint local project domain json verbose help"
).split(" ");
