import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { RevisionService } from "@appenv/protocol";
import type { AppController } from "../../apps/contract.ts";
import { statusText } from "../../apps/failure.ts";
import { revisionChanges } from "./changes.ts";
import { readAppName } from "../requests/app-name.ts";

/** AppEnv's own RevisionService. */
export function revisionService(controller: AppController): ServiceImpl<typeof RevisionService> {
  return {
    listRevisions: async ({ app }) => {
      const revisions = controller.revisions(readAppName(app));
      const changes = await revisionChanges(revisions.map(({ definition }) => definition));
      return {
        revisions: revisions.map(({ number, createdAt, requests, failures, ...revision }, index) => ({
          number: BigInt(number),
          createdAt: timestampFromDate(createdAt),
          requests: BigInt(requests),
          failures: BigInt(failures),
          replicas: revision.readyReplicas,
          weight: revision.weight,
          endpoint: revision.endpoint,
          message: statusText(revision),
          changes: [...(changes[index] ?? [])],
        })),
      };
    },
    setTraffic: async ({ app, weights }) => {
      const wanted = weights.map(({ revision, weight }) => ({ revision: Number(revision), weight }));
      await controller.setTraffic(readAppName(app), wanted);
      return {};
    },
  };
}
