/** The template of a Knative Service's revisions. */
export interface Template {
  /** Command and arguments. A command `node` is the Node of this process, whatever the image has. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The message of the webhook that refuses its pods, as for a secret that does not exist; undefined if it accepts them. */
  readonly refusal: string | undefined;
}

/** A Knative condition, as a Service's status has it. */
export interface KnativeCondition {
  readonly type: "ConfigurationsReady" | "Ready" | "RoutesReady";
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** The time at which it last changed, in milliseconds; Kubernetes keeps whole seconds. */
  readonly since: number;
}
