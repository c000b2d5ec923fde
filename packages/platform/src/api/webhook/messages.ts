import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { DeliverySchema } from "@appenv/protocol/tasks";
import type { KeptDelivery } from "../../inbox/inbox.ts";

/** A delivery as a message, without its headers and its body. */
export function deliveryMessage(delivery: KeptDelivery): MessageInitShape<typeof DeliverySchema> {
  const { id, app, source, path, verified, reason, status, run, replayOf, replayable } = delivery;
  return {
    id,
    project: app.project,
    domain: app.domain,
    app: app.name,
    source,
    path,
    deliveryId: delivery.delivery,
    eventType: delivery.type,
    receivedAt: timestampFromMs(delivery.at),
    took: durationFromMs(delivery.ms),
    verified,
    reason,
    size: delivery.bytes,
    status,
    run,
    replayOf,
    replayable: verified && replayable,
  };
}
