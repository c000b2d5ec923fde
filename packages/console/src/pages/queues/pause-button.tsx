import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Queue } from "@appenv/protocol/tasks";
import { ChangeButton } from "../../parts/change-button.tsx";
import { attempt } from "../../parts/toast.tsx";
import { plainName } from "../../route/names.ts";
import { queues } from "./clients.ts";

/** A button that pauses a queue, or lets it go on. */
export function PauseButton({ queue }: { readonly queue: Queue }): JSX.Element {
  const busy = useSignal(false);
  const isPaused = queue.paused !== undefined;
  const change = async (): Promise<void> => {
    busy.value = true;
    const name = plainName(queue.name);
    const told = isPaused ? `${name.name} goes on.` : `${name.name} is paused: what runs goes on.`;
    await attempt(() => (isPaused ? queues.resumeQueue(name) : queues.pauseQueue(name)), told);
    busy.value = false;
  };
  return (
    <ChangeButton class={isPaused ? "main" : ""} disabled={busy.value} onClick={() => void change()}>
      {isPaused ? "Resume" : "Pause"}
    </ChangeButton>
  );
}
