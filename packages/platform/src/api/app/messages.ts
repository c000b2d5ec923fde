import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { toIdentifier, toSpec, type AppSchema, type ConditionSchema } from "@appenv/protocol";
import { phaseStatus } from "@appenv/protocol/internal";
import type { AppView, Transition } from "./status-board.ts";

type AppInit = MessageInitShape<typeof AppSchema>;

/** An app as Flyte's message. Clients read the last condition; the ones before it tell how it got there. */
export function appMessage({ app, transitions }: AppView): AppInit {
  return {
    metadata: { id: toIdentifier(app.id), revision: BigInt(app.revision) },
    spec: toSpec(app.definition, app.id.name),
    status: {
      conditions: transitions.map((transition) => condition(transition)),
      currentReplicas: app.readyReplicas,
      ingress: { publicUrl: app.endpoint },
      createdAt: timestampFromDate(app.createdAt),
      lastUpdatedAt: timestampFromDate(app.updatedAt),
    },
  };
}

function condition({ at, phase, message, revision }: Transition): MessageInitShape<typeof ConditionSchema> {
  return {
    lastTransitionTime: timestampFromDate(at),
    deploymentStatus: phaseStatus(phase),
    message,
    revision: BigInt(revision),
  };
}
