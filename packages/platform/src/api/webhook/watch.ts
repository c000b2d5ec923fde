import type { MessageInitShape } from "@bufbuild/protobuf";
import type { WatchDeliveriesResponseSchema } from "@appenv/protocol/tasks";
import type { DeliveryFilter, Inbox, KeptDelivery } from "../../inbox/inbox.ts";
import { EventQueue } from "../../process/event-queue.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import { deliveryMessage } from "./messages.ts";

type WatchInit = MessageInitShape<typeof WatchDeliveriesResponseSchema>;

const first = 100;
/** Maximum deliveries that wait for a client; one that reads more slowly misses the oldest. */
const mostWaiting = 1_000;

/** The newest deliveries, then those that come, until `signal` is aborted. */
export async function* watchDeliveries(
  inbox: Inbox,
  filter: DeliveryFilter,
  signal: AbortSignal,
): AsyncGenerator<WatchInit> {
  const queue = new EventQueue<KeptDelivery>();
  const end = (): void => queue.end();
  const stop = inbox.watch((kept) => {
    for (const delivery of kept) if (meets(delivery, filter)) queue.push(delivery);
    while (queue.length > mostWaiting) queue.shift();
  });
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    yield { deliveries: inbox.list(filter, first).map(deliveryMessage) };
    for (;;) {
      const kept = await queue.takeAll();
      if (kept === undefined || signal.aborted) return throwIfClosing(signal);
      yield { deliveries: kept.map(deliveryMessage) };
    }
  } finally {
    stop();
    signal.removeEventListener("abort", end);
  }
}

function isOf(text: string, own: string): boolean {
  return text === "" || text === own;
}

function meets({ app, source, verified, status }: KeptDelivery, wanted: DeliveryFilter): boolean {
  return (
    isOf(wanted.project, app.project) &&
    isOf(wanted.domain, app.domain) &&
    isOf(wanted.app, app.name) &&
    isOf(wanted.source, source) &&
    (!wanted.failed || !verified || status >= 400)
  );
}
