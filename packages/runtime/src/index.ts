export type {
  DrainReason,
  FromReplica,
  ReplicaAuth,
  ReplicaLaunch,
  ReplicaLoad,
  ReplicaStart,
  ToReplica,
} from "./replica/messages.ts";
