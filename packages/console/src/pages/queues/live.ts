import { useSignal } from "@preact/signals";
import type { ListQueuesResponse, Queue } from "@appenv/protocol/tasks";
import type { Failure } from "../../api/failure.ts";
import { useFollow } from "../../live/use-follow.ts";
import { pathOf, type Name } from "../../route/names.ts";
import { queues } from "./clients.ts";

/** Queues by their paths; undefined until they are known. */
export interface LiveQueues {
  readonly all: ReadonlyMap<string, Queue> | undefined;
  readonly failure: Failure | undefined;
}

const unknown: LiveQueues = { all: undefined, failure: undefined };

/** All queues while a component is shown, as they change. @param place - Only those of its project and domain. */
export function useQueues(place: Pick<Name, "project" | "domain"> = { project: "", domain: "" }): LiveQueues {
  const state = useSignal(unknown);
  const { project, domain } = place;
  useFollow<ListQueuesResponse>(
    {
      open: (signal) => queues.watchQueues({ project, domain }, { signal }),
      onOpen: () => (state.value = { ...state.value, failure: undefined }),
      onMessage: (message) => (state.value = { all: changed(state.value.all, message), failure: undefined }),
      onFailure: (failure) => (state.value = { ...state.value, failure }),
    },
    `queues ${project}/${domain}`,
  );
  return state.value;
}

function changed(
  all: ReadonlyMap<string, Queue> | undefined,
  { queues: told, gone }: ListQueuesResponse,
): ReadonlyMap<string, Queue> {
  const next = new Map(all);
  for (const queue of told) next.set(pathOf("queues", queue.name), queue);
  for (const name of gone) next.delete(pathOf("queues", name));
  return next;
}
