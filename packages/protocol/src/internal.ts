// For the other packages of AppEnv; no promise is made to anybody else.
export { sameApp } from "./app-id.ts";
export { checkApp } from "./check-app.ts";
export { phaseName, phaseStatus, type DeploymentPhase } from "./phase.ts";
export { bundleOf, replicaCommand } from "./spec/launch.ts";
export { parametersEnv } from "./spec/parameters.ts";
export { containerOf } from "./spec/pod.ts";
export { forCluster } from "./spec/cluster-spec.ts";
