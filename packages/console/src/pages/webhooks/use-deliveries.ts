import { useSignal } from "@preact/signals";
import type { DeliveryMessage, WatchDeliveriesResponse } from "@appenv/protocol/tasks";
import type { Failure } from "../../api/failure.ts";
import { useFollow } from "../../live/use-follow.ts";
import { webhooks } from "./client.ts";

/** Deliveries, as they come. */
export interface FollowedDeliveries {
  /** The newest first; undefined until they are known. */
  readonly deliveries: readonly DeliveryMessage[] | undefined;
  readonly failure: Failure | undefined;
  /** Reads older ones, if there are any. */
  readonly more: () => void;
}

/** Filters of deliveries, as they stand in the URL. */
export interface DeliveryFilters {
  readonly app: string;
  readonly source: string;
  readonly failed: boolean;
}

const pageSize = 100;

interface State {
  readonly deliveries: readonly DeliveryMessage[] | undefined;
  readonly failure: Failure | undefined;
  /** True once the oldest is there. */
  readonly isWhole: boolean;
  readonly isReading: boolean;
}

const nothing: State = { deliveries: undefined, failure: undefined, isWhole: false, isReading: false };

/** Follows the deliveries that meet filters while a component is shown. */
export function useDeliveries(filters: DeliveryFilters): FollowedDeliveries {
  const state = useSignal<State>(nothing);
  const token = useSignal("");
  useFollow<WatchDeliveriesResponse>(
    {
      onOpen: () => (state.value = { ...state.value, isWhole: false }),
      open: (signal) => webhooks.watchDeliveries(filters, { signal }),
      onMessage: ({ deliveries }) => {
        const isFirst = state.value.deliveries === undefined;
        const all = merged(state.value.deliveries ?? [], deliveries);
        state.value = { ...state.value, deliveries: all, failure: undefined };
        if (isFirst) token.value = "";
      },
      onFailure: (failure) => (state.value = { ...state.value, failure }),
    },
    JSON.stringify(filters),
  );
  const more = async (): Promise<void> => {
    const { deliveries, isWhole, isReading } = state.value;
    if (deliveries === undefined || deliveries.length < pageSize || isWhole || isReading) return;
    state.value = { ...state.value, isReading: true };
    const page = await webhooks
      .listDeliveries({ ...filters, limit: pageSize, token: token.value })
      .catch(() => undefined);
    const older = merged(state.value.deliveries ?? [], page?.deliveries ?? []);
    state.value = { ...state.value, deliveries: older, isReading: false, isWhole: page?.token === "" };
    token.value = page?.token ?? token.value;
  };
  return { deliveries: state.value.deliveries, failure: state.value.failure, more: () => void more() };
}

/** A stream that is opened again begins with what is there: each is kept once, the newest first. */
function merged(before: readonly DeliveryMessage[], came: readonly DeliveryMessage[]): readonly DeliveryMessage[] {
  const all = new Map([...before, ...came].map((delivery) => [delivery.id, delivery]));
  return [...all.values()].toSorted((one, other) => timeOf(other) - timeOf(one));
}

function timeOf({ receivedAt }: DeliveryMessage): number {
  return Number(receivedAt?.seconds ?? 0) * 1_000 + (receivedAt?.nanos ?? 0) / 1e6;
}
