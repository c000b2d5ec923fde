import { EventEmitter, once } from "node:events";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import {
  LogLineOriginator,
  LogLineSchema,
  LogLinesSchema,
  ReplicaIdentifierSchema,
  TailLogsResponseSchema,
  type AppLogsService,
  type Identifier,
  type TailLogsRequest,
  type TailLogsResponse,
} from "@appenv/protocol";
import type { Pod, PodLine } from "../knative/pod.ts";
import type { AppState } from "./app-state.ts";

const tailLines = 1_000;

/** The logs of apps: those of the pods that there are now, until they end. */
export function appLogsService(state: AppState): Partial<ServiceImpl<typeof AppLogsService>> {
  return {
    tailLogs: ({ target }, { signal }) => {
      const appId = appOf(target);
      const pods = podsOf(state, appId, target);
      if (pods.length === 0) throw new ConnectError("no replicas found", Code.NotFound);
      return tail(appId, pods, signal);
    },
  };
}

async function* tail(appId: Identifier, pods: readonly Pod[], signal: AbortSignal): AsyncGenerator<TailLogsResponse> {
  const replicas = pods.map(({ name }) => create(ReplicaIdentifierSchema, { appId, name }));
  const followed = new FollowedPods(pods);
  try {
    yield create(TailLogsResponseSchema, { resp: { case: "replicas", value: { replicas } } });
    while (!signal.aborted) {
      for (let next = followed.take(); next !== undefined; next = followed.take()) {
        if (next[1].length > 0) yield batchOf(appId, ...next);
      }
      if (followed.hasEnded) return;
      await once(followed, "news", { signal }).catch(() => {});
    }
  } finally {
    followed.leave();
  }
}

/** The lines of pods, those that are there and those that come. */
class FollowedPods extends EventEmitter<{ news: [] }> {
  readonly #lines: (readonly [Pod, readonly PodLine[]])[];
  #running: number;
  readonly #offs: readonly (() => void)[];

  constructor(pods: readonly Pod[]) {
    super();
    this.#lines = pods.map((pod) => [pod, pod.lines.slice(-tailLines)] as const);
    this.#running = pods.length;
    this.#offs = pods.map((pod) => this.#follow(pod));
  }

  /** True when all of them have ended. */
  get hasEnded(): boolean {
    return this.#running <= 0;
  }

  /** Lines that were not taken yet; undefined if there are none. */
  take(): readonly [Pod, readonly PodLine[]] | undefined {
    return this.#lines.shift();
  }

  leave(): void {
    for (const off of this.#offs) off();
  }

  #follow(pod: Pod): () => void {
    const note = (line: PodLine): void => {
      this.#lines.push([pod, [line]]);
      this.emit("news");
    };
    const end = (): void => {
      this.#running -= 1;
      this.emit("news");
    };
    // A log is that of one container: it ends when the container does.
    pod.on("line", note).once("exited", end).once("gone", end);
    return () => void pod.off("line", note).off("exited", end).off("gone", end);
  }
}

function batchOf(appId: Identifier, pod: Pod, lines: readonly PodLine[]): TailLogsResponse {
  const structuredLines = lines.map(({ time, text }) =>
    create(LogLineSchema, { timestamp: timestampFromMs(time), message: text, originator: LogLineOriginator.USER }),
  );
  const logs = create(LogLinesSchema, { structuredLines, replicaId: { appId, name: pod.name } });
  return create(TailLogsResponseSchema, { resp: { case: "batches", value: { logs: [logs] } } });
}

function appOf(target: TailLogsRequest["target"]): Identifier {
  const id = target.case === "replicaId" ? target.value.appId : target.value;
  if (id === undefined) throw new ConnectError("target (app_id or replica_id) is required", Code.InvalidArgument);
  return id;
}

function podsOf(state: AppState, appId: Identifier, target: TailLogsRequest["target"]): readonly Pod[] {
  const pods = state.serviceOf(appId)?.pods ?? [];
  return target.case === "replicaId" ? pods.filter(({ name }) => name === target.value.name) : pods;
}
