import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { AppId, RevisionService } from "@appenv/protocol";
import type { AppController } from "../../apps/contract.ts";
import { statusText } from "../../apps/failure.ts";

/** AppEnv's own RevisionService. */
export function revisionService(controller: AppController): ServiceImpl<typeof RevisionService> {
  return {
    listRevisions: ({ app }) => ({
      revisions: controller.revisions(readName(app)).map(({ number, createdAt, requests, failures, ...revision }) => ({
        number: BigInt(number),
        createdAt: timestampFromDate(createdAt),
        requests: BigInt(requests),
        failures: BigInt(failures),
        replicas: revision.readyReplicas,
        weight: revision.weight,
        endpoint: revision.endpoint,
        message: statusText(revision),
      })),
    }),
    setTraffic: async ({ app, weights }) => {
      const wanted = weights.map(({ revision, weight }) => ({ revision: Number(revision), weight }));
      await controller.setTraffic(readName(app), wanted);
      return {};
    },
  };
}

function readName(app: AppId | undefined): AppId {
  const { project = "", domain = "", name = "" } = app ?? {};
  if (project !== "" && domain !== "" && name !== "") return { project, domain, name };
  throw new AppEnvError("INVALID_OPTION", "The request names no app: project, domain and name are needed.");
}
