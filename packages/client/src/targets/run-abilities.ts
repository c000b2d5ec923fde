import type { Support, Target } from "./abilities.ts";

/** An ability of runs and triggers, and its support by each target. */
export interface RunAbility extends Readonly<Record<Target, Support>> {
  /** As it is written in code, or in words. */
  readonly option: string;
}

const yes: Support = { is: "yes" };

/**
 * The options and abilities of runs and triggers whose support differs between targets, or that a reader may ask about: the
 * list behind `docs/targets.md`. The client refuses each one that says `no`, instead of leaving it out.
 */
export const runAbilities: readonly RunAbility[] = [
  { option: "`name`", platform: yes, cluster: { is: "yes", note: "a letter comes first" } },
  {
    option: "`idempotencyKey`",
    platform: yes,
    cluster: { is: "yes", note: "the client makes the run's name from it" },
  },
  {
    option: "`name` with `idempotencyKey`",
    platform: yes,
    cluster: { is: "no", note: "the name is made from the key" },
  },
  {
    option: "`labels`, `annotations`",
    platform: yes,
    cluster: { is: "yes", note: "with the keys and values that Kubernetes takes" },
  },
  { option: "`envVars`", platform: yes, cluster: yes },
  { option: "`overwriteCache`", platform: yes, cluster: { is: "no", note: "the backend ignores it" } },
  { option: "`recover` of `rerun`", platform: yes, cluster: { is: "no", note: "the backend starts all of it again" } },
  { option: "`from` of `rerun`", platform: yes, cluster: { is: "no", note: "the backend starts all of it again" } },
  {
    option: "`appenv debug`",
    platform: { is: "yes", note: "of tasks in TypeScript" },
    cluster: { is: "no", note: "the code is not on this machine, and the backend does not tell all that was recorded" },
  },
  { option: "`triggerTime` of a trigger", platform: yes, cluster: { is: "by the runtime" } },
  {
    option: "`delay`, `at`, `ttl` of a run",
    platform: yes,
    cluster: { is: "no", note: "the backend starts every run at once" },
  },
  {
    option: "`priority`, `queueKey` of a run, pauses of queues",
    platform: yes,
    cluster: { is: "no", note: "the backend starts every run at once" },
  },
  {
    option: "`notify` of a run or a trigger",
    platform: yes,
    cluster: { is: "not tried", note: "it is asked for, without `{{.Secret.NAME}}` and `{{.Run.Url}}`" },
  },
  {
    option: "`Run.notifications`",
    platform: yes,
    cluster: { is: "no", note: "the backend does not tell how they were delivered" },
  },
  {
    option: "`sleep`, `sleepUntil`",
    platform: yes,
    cluster: { is: "by the runtime", note: "the container waits all the time" },
  },
  {
    option: "`waitFor`, `send`",
    platform: yes,
    cluster: { is: "no", note: "the backend has no events; a condition is signalled by its run" },
  },
  {
    option: "`schema` of a condition",
    platform: { is: "yes", note: "answers are checked against its JSON Schema" },
    cluster: {
      is: "no",
      note: "the backend takes booleans, numbers and texts; schemas of these are checked in the task alone, other ones are refused",
    },
  },
  {
    option: "`link` of a condition",
    platform: yes,
    cluster: { is: "no", note: "signal the condition by its run and name" },
  },
  { option: "`now`, `random`, `uuid`", platform: yes, cluster: yes },
  {
    option: "`Trigger.fire`",
    platform: yes,
    cluster: { is: "not tried", note: "it is asked for, without an idempotency key" },
  },
  { option: "backfills of triggers", platform: yes, cluster: { is: "no", note: "the backend has none" } },
  { option: "next firings of triggers", platform: yes, cluster: { is: "no", note: "the backend does not tell them" } },
  {
    option: "`runAll`",
    platform: { is: "yes", note: "in one transaction" },
    cluster: { is: "yes", note: "one run after the other: those before a failure stay" },
  },
  {
    option: "deleting runs",
    platform: yes,
    cluster: { is: "no", note: "the backend keeps its runs" },
  },
  {
    option: "`abort`, `rerun` and `delete` of all runs that a filter selects",
    platform: yes,
    cluster: { is: "no", note: "the backend changes one run at a time" },
  },
  {
    option: "lists of runs by trigger, time of creation or text",
    platform: yes,
    cluster: { is: "no", note: "they are refused there" },
  },
  { option: "lists of runs by labels", platform: yes, cluster: { is: "no", note: "the backend has no such filter" } },
  {
    option: "a signal before its condition",
    platform: { is: "yes", note: "it is kept" },
    cluster: { is: "no", note: "there is nothing to signal yet" },
  },
  {
    option: "logs of attempts before the last",
    platform: yes,
    cluster: { is: "no", note: "a log is gone with its pod, and that is said in its place" },
  },
  {
    option: "one OpenTelemetry trace through a run",
    platform: yes,
    cluster: {
      is: "by the runtime",
      note: "a run gets it in env vars, and its actions in objects beside their inputs",
    },
  },
  {
    option: "`ctx.stream`, `Run.stream`",
    platform: yes,
    cluster: { is: "no", note: "the backend has no streams" },
  },
  {
    option: "`Run.readToken`",
    platform: yes,
    cluster: { is: "no", note: "an app shows its runs with `exposeRuns`" },
  },
  {
    option: "`ctx.progress`, `ctx.metadata`",
    platform: yes,
    cluster: { is: "without effect", note: "the backend shows none" },
  },
  { option: "several outputs", platform: yes, cluster: yes },
];
