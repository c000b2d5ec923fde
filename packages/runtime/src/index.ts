// For people who serve an environment by hand.
export { listen } from "./listen.ts";

// For containers.
export { explain, serveAlone } from "./standalone/serve-alone.ts";

// For the platform and for tests of adapters.
export { startApp, type RunningApp, type StartAppOptions } from "./replica/app/start-app.ts";
export type { AcceptFrom } from "./http/connections.ts";
export { hashKey } from "./http/auth/credential.ts";
export type { CheckResult, HealthReport } from "./http/health/health-checks.ts";
export { Ingress, type IngressLoad, type IngressOptions } from "./http/ingress.ts";
export { problemType, type Problem, type ProblemCode } from "./http/problem.ts";
export { findEnvironment, type ModuleExports } from "./load/find-environment.ts";
export { loadEnvironment, type CodeSource } from "./load/load-environment.ts";
export type {
  BackplaneDelivery,
  DrainReason,
  FromReplica,
  PlatformTokenRules,
  ReplicaAuth,
  ReplicaLaunch,
  ReplicaLoad,
  ReplicaStart,
  ReplicaTraffic,
  ToReplica,
} from "./ipc/replica-messages.ts";
export type { ActionError, ActionOutcome, ActionRequest } from "./ipc/action-messages.ts";
export type {
  AttemptResult,
  AttemptStart,
  FromWorker,
  ScopeChange,
  ToWorker,
  WorkerStart,
} from "./ipc/worker-messages.ts";
