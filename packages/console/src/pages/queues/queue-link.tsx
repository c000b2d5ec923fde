import type { JSX } from "preact";
import { useData } from "../../live/use-data.ts";
import { Text } from "../../parts/text.tsx";
import { pathOf, type Name } from "../../route/names.ts";
import { queues } from "./clients.ts";

/** The way from a task to its queue, with what waits there. */
export function QueueLink({ task }: { readonly task: Name }): JSX.Element | null {
  const { project, domain } = task;
  const { value } = useData((signal) => queues.listQueues({ project, domain }, { signal }), `queue ${task.name}`);
  const queue = value?.queues.find(({ tasks }) => tasks.includes(task.name));
  if (queue === undefined) return null;
  const { name, waiting, paused } = queue;
  const state = [waiting > 0 ? `${waiting} wait` : "", paused === undefined ? "" : "paused"].filter(
    (part) => part !== "",
  );
  return (
    <a href={pathOf("queues", name)}>
      queue <Text of={name?.name ?? ""} />
      {state.length === 0 ? "" : ` (${state.join(", ")})`}
    </a>
  );
}
