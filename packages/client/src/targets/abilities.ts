import {
  isEnvironment,
  type AppEnvironment,
  type Environment,
  type TaskEnvironment,
  type TaskFunction,
  type TaskSettings,
} from "@appenv/core";

import { ownVariablesOf } from "../run/notify.ts";

/** The support of an option: a target's own, by AppEnv's runtime in its place, not tried, none that matters, or none. */
export type Support =
  | { readonly is: "yes" | "by the runtime" | "not tried"; readonly note?: string }
  | { readonly is: "without effect" | "no"; readonly note: string };

/** The names of the targets. */
export type Target = "platform" | "cluster";

/** An option of an environment or a task, and its support by each target. */
export interface Ability extends Readonly<Record<Target, Support>> {
  /** As it is written in code. */
  readonly option: string;
  /** The environments that have it. */
  readonly of: "both" | "app" | "task";
  /** Tells whether an environment, or one of its tasks, states it. */
  readonly states: (environment: Environment) => boolean;
}

const yes: Support = { is: "yes" };

function ofEnvironment(
  option: string,
  states: (environment: Environment) => boolean,
  platform: Support,
  cluster: Support,
): Ability {
  return { option, of: "both", states, platform, cluster };
}

function ofApp(option: string, states: (app: AppEnvironment) => boolean, platform: Support, cluster: Support): Ability {
  return { option, of: "app", states: (each) => isApp(each) && states(each), platform, cluster };
}

function ofTask(
  option: string,
  states: (task: TaskSettings, environment: TaskEnvironment) => boolean,
  platform: Support,
  cluster: Support,
): Ability {
  const statedBy = (each: TaskEnvironment): boolean =>
    [...each.tasks.values()].some(({ settings }) => states(settings, each));
  return { option, of: "task", states: (each) => isTask(each) && statedBy(each), platform, cluster };
}

function isApp(environment: Environment): environment is AppEnvironment {
  return isEnvironment(environment, "app");
}

function isTask(environment: Environment): environment is TaskEnvironment {
  return isEnvironment(environment, "task");
}

function tasksOf(environment: Environment): readonly TaskFunction[] {
  return isTask(environment) ? [...environment.tasks.values()] : [];
}

const shared: Support = { is: "without effect", note: "all processes share the machine" };
const oneMachine: Support = { is: "without effect", note: "there is one machine" };

/**
 * The options whose support differs between targets, or that a reader may ask about: the one list behind the notes of
 * `deploy`, `deploy --plan` and `docs/targets.md`. `cluster` is Flyte's open-source backend.
 */
export const abilities: readonly Ability[] = [
  ofEnvironment(
    "image",
    ({ image }) => image !== "auto",
    { is: "without effect", note: "code runs in processes" },
    yes,
  ),
  ofEnvironment("resources.cpu", ({ resources }) => resources?.cpu !== undefined, shared, yes),
  ofEnvironment(
    "resources.memory",
    ({ resources }) => resources?.memory !== undefined,
    { is: "yes", note: "a process above its limit is replaced" },
    { is: "yes", note: "with `cpu` alone, memory becomes 1Gi" },
  ),
  ofEnvironment("resources.gpu", ({ resources }) => resources?.gpu !== undefined, shared, {
    is: "yes",
    note: "an app that asks for it is sent as a pod",
  }),
  ofApp("resources.gpu: TYPE", ({ resources }) => String(resources?.gpu ?? "").includes(":"), shared, {
    is: "without effect",
    note: "an app gets the number of GPUs, of any type",
  }),
  ofEnvironment("resources.disk", ({ resources }) => resources?.disk !== undefined, shared, yes),
  ofEnvironment("resources.shm", ({ resources }) => resources?.shm !== undefined, shared, {
    is: "yes",
    note: "an app that asks for it is sent as a pod",
  }),
  ofEnvironment("podTemplate", ({ podTemplate }) => podTemplate !== undefined, oneMachine, {
    is: "no",
    note: "the backend takes none by name",
  }),
  ofEnvironment(
    "interruptible",
    (environment) => environment.interruptible || tasksOf(environment).some(({ settings }) => settings.interruptible),
    oneMachine,
    { is: "yes", note: "a pod that is taken away is a new attempt" },
  ),
  ofEnvironment("secrets", ({ secrets }) => secrets.length > 0, yes, { is: "yes", note: "as env vars" }),

  ofApp("requiresAuth", ({ requiresAuth }) => requiresAuth, yes, {
    is: "by the runtime",
    note: "with the keys in `APPENV_API_KEYS`, or `auth.jwt`",
  }),
  ofApp("scaling", ({ scaling }) => scaling.max > 1 || scaling.min > 0 || scaling.metric !== undefined, yes, {
    is: "yes",
    note: "by Knative",
  }),
  ofApp("timeouts.request", ({ timeouts }) => timeouts.requestMs !== undefined, yes, {
    is: "yes",
    note: "it ends sockets and event streams too",
  }),
  ofApp("traffic.latest", ({ traffic }) => traffic.latest !== 100, yes, {
    is: "no",
    note: "a new revision takes all requests",
  }),
  ofApp("traffic.rollback", ({ traffic }) => traffic.rollback !== undefined, yes, {
    is: "no",
    note: "a revision that becomes ready stays",
  }),
  ofApp("parameters", ({ parameters }) => parameters.length > 0, yes, { is: "by the runtime" }),
  ofApp("command", ({ command }) => command.length > 0, yes, {
    is: "yes",
    note: "with an `image` that has its program",
  }),
  ofApp("links", ({ links }) => links.length > 0, yes, {
    is: "without effect",
    note: "the backend's console shows none",
  }),
  ofApp(
    "domain",
    ({ domain }) => (domain.subdomain ?? domain.customDomain) !== undefined,
    { is: "without effect", note: "apps answer at ports" },
    { is: "without effect", note: "the backend names hosts itself" },
  ),
  ofApp("clusterPool", ({ clusterPool }) => clusterPool !== "default", oneMachine, {
    is: "without effect",
    note: "the open-source backend has one cluster",
  }),

  ofTask("retries", ({ retries }) => retries > 0, yes, yes),
  ofTask("retries.backoff", ({ backoff }) => backoff !== undefined, yes, {
    is: "by the runtime",
    note: "the new container waits",
  }),
  ofTask("timeout.maxRuntime", ({ maxRuntimeMs }) => maxRuntimeMs !== undefined, yes, { is: "by the runtime" }),
  ofTask("timeout.maxQueuedTime", ({ maxQueuedMs }) => maxQueuedMs !== undefined, yes, {
    is: "no",
    note: "nothing of ours runs while an attempt waits",
  }),
  ofTask("timeout.deadline", ({ deadlineMs }) => deadlineMs !== undefined, yes, {
    is: "by the runtime",
    note: "from the start of the first attempt",
  }),
  ofTask("cache", ({ cache }) => cache.behavior !== "disable", yes, { is: "not tried", note: "it is asked for" }),
  ofTask("cache.serialize", ({ cache }) => cache.serialize, yes, { is: "not tried", note: "it is asked for" }),
  ofTask("retention", ({ retentionMs }) => retentionMs !== undefined, yes, {
    is: "without effect",
    note: "the backend keeps its runs",
  }),
  ofTask("concurrency", ({ concurrency }, { concurrency: all }) => (concurrency ?? all) !== undefined, yes, {
    is: "no",
    note: "the backend starts every action at once",
  }),
  ofTask("queue", ({ queue }) => queue !== undefined, yes, {
    is: "no",
    note: "the backend starts every action at once",
  }),
  ofTask("priority", ({ priority }) => priority !== undefined, yes, {
    is: "without effect",
    note: "nothing waits for its turn",
  }),
  ofTask("debounce", ({ debounce }) => debounce !== undefined, yes, {
    is: "no",
    note: "each request is a run of its own",
  }),
  ofTask("throttle", ({ throttle }) => throttle !== undefined, yes, {
    is: "no",
    note: "each request is a run of its own",
  }),
  ofTask("notify", ({ notify }) => notify !== undefined, yes, {
    is: "not tried",
    note: "the client and triggers ask for it with each run",
  }),
  ofTask("notify: {{.Secret.NAME}}, {{.Run.Url}}", ({ notify }) => ownVariablesOf(notify).length > 0, yes, {
    is: "no",
    note: "the backend would send the variable itself",
  }),
  // Every environment has it, by default.
  ofTask("reusable", () => false, yes, {
    is: "without effect",
    note: "each attempt has a pod of its own",
  }),
  ofTask("report", ({ report }) => report, yes, yes),
  ofTask("triggers", (_, { tasks }) => [...tasks.values()].some(({ triggers }) => triggers.length > 0), yes, yes),
];

/** The options of an environment that a target does not honour, with the reason of each. */
export function notHonoured(
  environment: Environment,
  target: Target,
): readonly { readonly option: string; readonly is: "without effect" | "no"; readonly note: string }[] {
  return abilities.flatMap(({ option, states, [target]: support }) => {
    if (support.is !== "no" && support.is !== "without effect") return [];
    return states(environment) ? [{ option, is: support.is, note: support.note }] : [];
  });
}
