import type { FromWorker, ToWorker } from "./worker-messages.ts";
import type { BackplaneHistory, BackplaneMessage, Position, Sticky } from "@appenv/core";

// What the platform and a replica say to each other over the IPC channel of a child process. Handles travel beside
// the message, as `child.send(message, handle)`.

/** Everything a process needs to become a replica. */
export interface ReplicaStart {
  /** The replica's own name, for logs. */
  readonly replica: string;
  /** The app's name on the control plane; it may differ from the environment's. */
  readonly app: string;
  /** What is run. */
  readonly launch: ReplicaLaunch;
  /** The directory it runs in. */
  readonly workdir: string;
  /** Env vars of the app, secrets included. */
  readonly env: Readonly<Record<string, string>>;
  /** The port the app is reached at. */
  readonly port: number;
  /** Whether requests need a key, and the SHA-256 hashes (hex) of the keys that are accepted. */
  readonly auth: ReplicaAuth;
  /** Which requests are for other revisions. Default: none. */
  readonly traffic?: ReplicaTraffic;
  /** How often load is reported while there is any, in milliseconds. */
  readonly loadIntervalMs: number;
}

/** A bundled environment: the file, and the environment's own name among what it exports. */
export interface ReplicaLaunch {
  readonly file: string;
  readonly environment: string;
}

/** Who may send requests. */
export interface ReplicaAuth {
  readonly required: boolean;
  readonly keyHashes: readonly string[];
  /** Which tokens of the platform are accepted too. Default: none. */
  readonly tokens?: PlatformTokenRules;
}

/** Which tokens of the platform are accepted. */
export interface PlatformTokenRules {
  /** Whom they must be for: `project/domain/app`. */
  readonly audience: string;
  /** Public keys (Ed25519) by their ids, base64url. */
  readonly keys: readonly { readonly kid: string; readonly x: string }[];
  /** What replicas of the app make and open tickets with; the first one makes them. Default: each its own. */
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
    /** Where on this machine the revision answers; unset for the replica's own. */
    readonly port?: number;
  }[];
}

/** Why a replica is told to stop. */
export type DrainReason = "rollout" | "scale-down" | "stop";

/** What the platform says. */
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
  | { readonly type: "connection" }
  /** With a handle, to any process, spare or replica: send it back beside `duplicated`. */
  | { readonly type: "duplicate"; readonly id: number }
  /** The keys that are accepted from now on. */
  | { readonly type: "auth"; readonly auth: ReplicaAuth }
  /**
   * The weights of the revisions from now on; without traffic the replica answers every request. Answered by `traffic` once
   * the revisions that are left out have begun to answer every request they were sent.
   */
  | { readonly type: "traffic"; readonly id: number; readonly traffic?: ReplicaTraffic }
  /** End this many keep-alive connections after their next response, so that they find another replica. */
  | { readonly type: "rebalance"; readonly connections: number }
  /** Answers `token-request`; without a token if the platform gives none. `expiresAt`: milliseconds since 1970. */
  | { readonly type: "token"; readonly call: number; readonly token?: string; readonly expiresAt?: number }
  /** To a replica that is ready: which of its checks fail? Answered by `failing`. */
  | { readonly type: "failing-request"; readonly call: number }
  /** Answers `unreachable-request`: by the names of the apps that cannot be reached, the reasons. */
  | { readonly type: "unreachable"; readonly call: number; readonly apps: Readonly<Record<string, string>> }
  /** Where the apps answer now that it may call, as the env var `APPENV_ENDPOINTS` says it: one of them has moved. */
  | { readonly type: "endpoints"; readonly endpoints: string }
  /** What the backplane answers, or delivers. */
  | BackplaneAnswer
  /** To a task worker, or to a spare that becomes one. */
  | ToWorker
  /** Finish what is open, then exit 0. After `limitMs` what is left is cut. */
  | { readonly type: "drain"; readonly reason: DrainReason; readonly limitMs: number };

/** What a replica says. */
export type FromReplica =
  /** The process can take `start`, `warm` or `duplicate`. */
  | { readonly type: "booted" }
  /** The modules of `warm` are imported. */
  | { readonly type: "warmed" }
  /** The app can answer: it started and its health checks pass. */
  | { readonly type: "ready"; readonly framework: string }
  /** The app cannot be started; the process exits afterwards. */
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly fix: string }
  /** No connection will be accepted any more. */
  | { readonly type: "paused" }
  /** No unanswered request is on its way to a revision that was left out by the `traffic` of this id. */
  | { readonly type: "traffic"; readonly id: number }
  /** Asks for a token with which an app of the same project and domain may be called. Answered by `token`. */
  | { readonly type: "token-request"; readonly call: number; readonly app: string }
  /** Answers `failing-request`: why those of its checks fail that do, by their names. */
  | { readonly type: "failing"; readonly call: number; readonly checks: Readonly<Record<string, string>> }
  /** Asks which of these apps, of the same project and domain, cannot be reached. Answered by `unreachable`. */
  | { readonly type: "unreachable-request"; readonly call: number; readonly apps: readonly string[] }
  /** With the handle of `duplicate`. */
  | { readonly type: "duplicated"; readonly id: number }
  /** How busy it is; sent every `loadIntervalMs` while something changed, and every 5 seconds as a sign of life. */
  | { readonly type: "load"; readonly load: ReplicaLoad }
  /** What a replica asks of the backplane between the replicas of its app. */
  | BackplaneRequest
  /** What a task worker says. */
  | FromWorker
  /** Everything is finished; the process exits 0. */
  | { readonly type: "drained" };

/** What a replica asks of the backplane. All but `unsubscribe` are answered, with the same `call`. */
export type BackplaneRequest =
  | {
      readonly type: "publish";
      readonly call: number;
      readonly topic: string;
      readonly payload: Uint8Array;
      readonly keep: number;
    }
  | { readonly type: "subscribe"; readonly call: number; readonly topic: string }
  | { readonly type: "unsubscribe"; readonly topic: string }
  | { readonly type: "history"; readonly call: number; readonly topic: string; readonly after?: Position };

/** What the backplane answers, or delivers to those who subscribed. */
export type BackplaneAnswer =
  | { readonly type: "published"; readonly call: number; readonly position: Position }
  | { readonly type: "subscribed"; readonly call: number }
  | { readonly type: "kept"; readonly call: number; readonly history: BackplaneHistory }
  | { readonly type: "delivered"; readonly topic: string; readonly message: BackplaneMessage };

/** How busy a replica is and was. */
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
  /** Those of them that were answered with a status of 500 or above. */
  readonly failures: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
}
