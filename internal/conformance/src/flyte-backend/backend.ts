import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { ActionsService, DataProxyService, RunService, TaskService } from "@appenv/protocol/tasks";
import { actionsService } from "./actions-service.ts";
import { dataProxyService } from "./data-proxy-service.ts";
import { Pods } from "./pods.ts";
import { runService } from "./run-service.ts";
import { startFakeS3, type FakeS3 } from "./s3.ts";
import { State } from "./state.ts";
import { TaskRegistry, taskService } from "./task-service.ts";

/** A Flyte 2 backend as the open-source one was seen to behave, with a Kubernetes that runs pods as processes. */
export interface FlyteBackend {
  /** For example `http://127.0.0.1:8090`. */
  readonly endpoint: string;
  readonly s3: FakeS3;
  readonly state: State;
  readonly pods: Pods;
  close(): Promise<void>;
}

const key = { accessKeyId: "rustfs", secretAccessKey: "rustfsstorage" };

/** Starts the backend on a free port. @param projects - Projects that exist. */
export async function startFlyteBackend(projects: readonly string[] = ["flytesnacks"]): Promise<FlyteBackend> {
  const s3 = await startFakeS3({ [key.accessKeyId]: key.secretAccessKey });
  const state = new State();
  const tasks = new TaskRegistry();
  const env: Record<string, string> = {
    FLYTE_AWS_ENDPOINT: s3.endpoint,
    FLYTE_AWS_ACCESS_KEY_ID: key.accessKeyId,
    FLYTE_AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    _U_INSECURE: "true",
    _U_USE_ACTIONS: "1",
  };
  const pods = new Pods({ state, s3, env });
  const parts = { state, pods, s3, tasks };
  const server = createServer(
    connectNodeAdapter({
      routes: (router) => {
        router.service(RunService, runService(parts));
        router.service(ActionsService, actionsService(parts));
        router.service(TaskService, taskService(tasks));
        router.service(DataProxyService, dataProxyService(parts, projects, key));
      },
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  // Without a scheme, as the backend's configuration has it.
  env["_U_EP_OVERRIDE"] = `127.0.0.1:${port}`;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    s3,
    state,
    pods,
    close: async () => {
      await pods.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await s3.close();
    },
  };
}
