import type { ServiceImpl } from "@connectrpc/connect";
import type { ReplicaService } from "@appenv/protocol";
import type { AppController } from "../../apps/contract.ts";
import { readAppName } from "../requests/app-name.ts";
import { reportWriter } from "./messages.ts";
import { watchReplicas } from "./watch.ts";

/** AppEnv's own ReplicaService. */
export function replicaService(controller: AppController): ServiceImpl<typeof ReplicaService> {
  const write = reportWriter();
  return {
    listReplicas: async ({ app }) => ({ report: write(await controller.report(readAppName(app))) }),
    watchReplicas: ({ app }, { signal }) => watchReplicas(controller, readAppName(app), write, signal),
  };
}
