// For people who serve an environment by hand.
export { listen } from "./listen.ts";

// For the platform and for tests of adapters.
export { startApp, type RunningApp, type StartAppOptions } from "./app/start-app.ts";
export type { AcceptFrom } from "./ingress/acceptor.ts";
export { hashKey } from "./ingress/auth.ts";
export type { CheckResult, HealthReport } from "./ingress/health-checks.ts";
export { Ingress, type IngressLoad, type IngressOptions } from "./ingress/ingress.ts";
export { problemType, type Problem, type ProblemCode } from "./ingress/problem.ts";
export { findEnvironment, type ModuleExports } from "./load/find-environment.ts";
export { loadEnvironment } from "./load/load-environment.ts";
export type {
  BackplaneAnswer,
  BackplaneRequest,
  DrainReason,
  FromReplica,
  PlatformTokenRules,
  ReplicaAuth,
  TrafficSplit,
  ReplicaLaunch,
  ReplicaLoad,
  ReplicaStart,
  ToReplica,
} from "./replica/messages.ts";
export type {
  ActionError,
  ActionOutcome,
  ActionRequest,
  AttemptResult,
  AttemptStart,
  FromWorker,
  ScopeChange,
  ToWorker,
  WorkerStart,
} from "./work/messages.ts";
