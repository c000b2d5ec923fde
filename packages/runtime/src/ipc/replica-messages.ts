import type { BackplaneHistory, BackplaneMessage, Position, Sticky } from "@appenv/core";
import type { Noted, Replay } from "@appenv/core/internal";
import type { Answer, Ask } from "./calls.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

// Messages between the platform and a replica, over the IPC channel of a child process. Handles travel beside the
// message, as `child.send(message, handle)`.

/** Everything a process needs to become a replica. */
export interface ReplicaStart {
  /** The replica's own name, for logs. */
  readonly replica: string;
  /** The app's name on the control plane; it may differ from the environment's. */
  readonly app: string;
  /** The code to run. */
  readonly launch: ReplicaLaunch;
  /** The directory it runs in. */
  readonly workdir: string;
  /** Env vars of the app, secrets included. */
  readonly env: Readonly<Record<string, string>>;
  /** The port the app is reached at. */
  readonly port: number;
  /** The credentials that requests need. */
  readonly auth: ReplicaAuth;
  /** The weights of the app's revisions. Default: it answers every request itself. */
  readonly traffic?: ReplicaTraffic;
  /** The time between two reports of load while there is any, in milliseconds. */
  readonly loadIntervalMs: number;
}

/** A bundled environment: the file, and the environment's own name among what it exports. */
export interface ReplicaLaunch {
  readonly file: string;
  readonly environment: string;
}

/** The credentials that a replica accepts. */
export interface ReplicaAuth {
  readonly required: boolean;
  /** SHA-256 hashes (hex) of the accepted API keys. */
  readonly keyHashes: readonly string[];
  /** The tokens of the platform that are accepted too. Default: none. */
  readonly tokens?: PlatformTokenRules;
}

/** The tokens of the platform that are accepted. */
export interface PlatformTokenRules {
  /** The audience they must name: `project/domain/app`. */
  readonly audience: string;
  /** Public keys (Ed25519) by their ids, base64url. */
  readonly keys: readonly { readonly kid: string; readonly x: string }[];
  /** Secrets that the app's replicas make and open tickets with; the first one makes them. Default: each has its own. */
  readonly ticketSecrets?: readonly string[];
}

/** The traffic of an app, as one of its replicas is told. */
export interface ReplicaTraffic {
  /** The revision of the replica itself. */
  readonly own: number;
  readonly sticky: Sticky;
  /** Requests of 100 that each revision gets, in a fixed order. */
  readonly weights: readonly {
    readonly revision: number;
    readonly weight: number;
    /** The port on this machine where the revision answers; unset for the replica's own. */
    readonly port?: number;
  }[];
}

/** The reason why a replica is told to stop. */
export type DrainReason = "rollout" | "scale-down" | "stop";

/** Questions of a replica or a worker to the platform. */
export type ReplicaAsks = {
  /** A token with which an app of the same project and domain may be called. */
  readonly token: { readonly question: { readonly app: string }; readonly answer: CallToken };
  /** The apps among these, of the same project and domain, that cannot be reached, each with the reason. */
  readonly unreachable: {
    readonly question: { readonly apps: readonly string[] };
    readonly answer: Readonly<Record<string, string>>;
  };
  /** The replay behind a text that a request carried. */
  readonly replay: { readonly question: { readonly text: string }; readonly answer: Replay | undefined };
  /** Sends a message to the app's replicas, and keeps the last `keep` of its topic. */
  readonly publish: {
    readonly question: { readonly topic: string; readonly payload: Uint8Array; readonly keep: number };
    readonly answer: { readonly position: Position };
  };
  /** Has messages of a topic delivered from now on. */
  readonly subscribe: { readonly question: { readonly topic: string }; readonly answer: boolean };
  /** The kept messages of a topic. */
  readonly history: {
    readonly question: { readonly topic: string; readonly after?: Position };
    readonly answer: BackplaneHistory;
  };
};

/** Questions of the platform to a replica. */
export type PlatformAsks = {
  /** Of a replica that is ready: the checks that fail, each with the reason. */
  readonly failing: { readonly question: undefined; readonly answer: Readonly<Record<string, string>> };
  /**
   * Has requests routed by weights from now on; undefined: the replica answers them all. Answered once the revisions that
   * are left out have begun to answer every request they were sent.
   */
  readonly traffic: { readonly question: ReplicaTraffic | undefined; readonly answer: boolean };
  /** To any process, spare or replica, with a handle: it is sent back, which makes a duplicate of it. */
  readonly duplicate: { readonly question: undefined; readonly answer: unknown };
};

/** A token with which an app may be called; none if the platform gives none. */
export interface CallToken {
  readonly token?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** A message of the platform. */
export type ToReplica =
  /**
   * To a spare: set the env vars, go to the directory, import these module URLs and call the `warmUp` of those that
   * export one; nothing of the app itself runs.
   */
  | {
      readonly type: "warm";
      readonly env: Readonly<Record<string, string>>;
      readonly workdir: string;
      readonly modules: readonly string[];
    }
  /** Become a replica. Answered by `ready` or `failed`. */
  | { readonly type: "start"; readonly start: ReplicaStart }
  /** With a listening TCP handle: accept from it. */
  | { readonly type: "accept" }
  /** Stop accepting; open connections stay. Answered by `paused`. */
  | { readonly type: "pause" }
  /** With a socket the platform accepted while there was no replica. Nothing was read from it. */
  | {
      readonly type: "connection";
      /** The time at which it was accepted, in milliseconds since 1970, if it had to wait for the replica. */
      readonly waitingSince?: number;
    }
  /** The keys that are accepted from now on. */
  | { readonly type: "auth"; readonly auth: ReplicaAuth }
  /** End this many keep-alive connections after their next response, so that they find another replica. */
  | { readonly type: "rebalance"; readonly connections: number }
  /** The endpoints of the apps that it may call, as in the env var `APPENV_ENDPOINTS`: one of them has moved. */
  | { readonly type: "endpoints"; readonly endpoints: string }
  /** A message of a topic that the replica subscribed to. */
  | BackplaneDelivery
  | Ask<PlatformAsks>
  | Answer
  /** To a task worker, or to a spare that becomes one. */
  | ToWorker
  /** Finish what is open, then exit 0. After `limitMs` what is left is cut. */
  | { readonly type: "drain"; readonly reason: DrainReason; readonly limitMs: number };

/** A message of a replica. */
export type FromReplica =
  /** The process can take `start` or `warm`. */
  | { readonly type: "booted" }
  /** The modules of `warm` are imported. */
  | { readonly type: "warmed" }
  /** The app can answer: it started and its health checks pass. */
  | { readonly type: "ready"; readonly framework: string }
  /** The app cannot be started; the process exits afterwards. */
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly fix: string }
  /** No connection will be accepted any more. */
  | { readonly type: "paused" }
  /** The load; sent every `loadIntervalMs` while something changed, and every 5 seconds as a sign of life. */
  | { readonly type: "load"; readonly load: ReplicaLoad }
  /** Observations since the last time; sent with the load. */
  | { readonly type: "noted"; readonly noted: Noted }
  /** No message of the topic is delivered any more. */
  | { readonly type: "unsubscribe"; readonly topic: string }
  | Ask<ReplicaAsks>
  | Answer
  /** A message of a task worker. */
  | FromWorker
  /** Everything is finished; the process exits 0. */
  | { readonly type: "drained" };

/** A message of the backplane, to the replicas that subscribed to its topic. */
export interface BackplaneDelivery {
  readonly type: "delivered";
  readonly topic: string;
  readonly message: BackplaneMessage;
}

/** The load of a replica, now and since its start. */
export interface ReplicaLoad {
  /** Requests and upgraded sockets open now. Counted until they are finished or aborted. */
  readonly inFlight: number;
  /** TCP connections open now, idle ones included. */
  readonly connections: number;
  /** Upgraded sockets among `inFlight`. */
  readonly sockets: number;
  /** The integral of `inFlight` over time since the start, in milliseconds: two reports give the average between them. */
  readonly busyMs: number;
  /** Requests and upgrades since the start, without those passed on to other revisions. */
  readonly requests: number;
  /** Requests of these that were answered with a status of 500 or above. */
  readonly failures: number;
  /**
   * Responses to these since the start, upgrades left out, by the first digit of their status; at 0 the requests whose
   * client left before a response began. Empty for a worker.
   */
  readonly responses: readonly number[];
  /** The responses by the time that they took, in the buckets of `latencyBucketOf`. Empty for a worker. */
  readonly latency: readonly number[];
  /** The time that the responses took altogether, in milliseconds. */
  readonly answeredMs: number;
  /** Processor time used since it could answer, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
}
