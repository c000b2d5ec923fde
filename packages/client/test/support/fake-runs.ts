import { create } from "@bufbuild/protobuf";
import {
  actionPhase,
  ActionDetailsSchema,
  RunService,
  TaskService,
  toRunIdentifier,
  toTaskIdentifier,
  type ActionDetails,
  type CreateRunRequest,
  type DeployTaskRequest,
  type ListRunsRequest,
} from "@appenv/protocol/tasks";
import type { RunPhase } from "@appenv/core";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";

/** The calls about tasks that a fake control plane got, and its answers. */
export class FakeRuns {
  readonly deployed: DeployTaskRequest[] = [];
  readonly created: { readonly request: CreateRunRequest; readonly headers: Headers }[] = [];
  readonly listed: ListRunsRequest[] = [];
  /** True if it knows no task until one is deployed. */
  forget = false;
  /** One list for each stream that is opened; after it the stream breaks, unless the run has ended. */
  streams: (readonly ActionDetails[])[] = [];

  /** To be given to `FakeControlPlane.start`. */
  readonly routes = (router: ConnectRouter): void => {
    router.service(TaskService, {
      deployTask: (request) => {
        this.deployed.push(request);
        this.forget = false;
        return {};
      },
    });
    router.service(RunService, {
      createRun: (request, { requestHeader }) => {
        if (this.forget) throw new ConnectError("There is no such task.", Code.NotFound);
        this.created.push({ request, headers: requestHeader });
        const { id, metadata, status } = details("QUEUED");
        return { run: { action: { ...(id && { id }), ...(metadata && { metadata }), ...(status && { status }) } } };
      },
      getRunDetails: () => ({ details: { action: details("RUNNING") } }),
      listRuns: (request) => {
        this.listed.push(request);
        const start = Number(request.request?.token || 0);
        const runs = Array.from({ length: request.request?.limit ?? 0 }, (_, index) => ({
          action: { id: { run: toRunIdentifier({ ...place, run: `r${start + index}` }), name: "a0" } },
        }));
        return { runs, token: String(start + runs.length) };
      },
      watchActionDetails: () => this.#watch(),
    });
  };

  async *#watch(): AsyncGenerator<{ details: ActionDetails }> {
    for (const each of this.streams.shift() ?? []) yield { details: each };
    throw new ConnectError("The platform is closing.", Code.Unavailable);
  }
}

const place = { project: "flytesnacks", domain: "development" };

/** The first action of the run `r1`. */
export function details(phase: RunPhase, error?: string): ActionDetails {
  return create(ActionDetailsSchema, {
    id: { run: toRunIdentifier({ ...place, run: "r1" }), name: "a0" },
    metadata: {
      spec: { case: "task", value: { id: toTaskIdentifier({ ...place, name: "math.add_one", version: "v1" }) } },
    },
    status: { phase: actionPhase(phase) },
    ...(error === undefined ? {} : { result: { case: "errorInfo", value: { message: error } } }),
  });
}
