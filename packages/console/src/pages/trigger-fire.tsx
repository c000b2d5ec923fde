import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { RunSource, type TriggerMessage } from "@appenv/protocol/tasks";
import { runs } from "../api/clients.ts";
import { ChangeButton } from "../parts/change-button.tsx";
import { attempt } from "../parts/toast.tsx";
import { go } from "../route/location.ts";
import { actionPath } from "../route/names.ts";

/** Starts a run as a trigger would, now, and shows it. */
export function FireButton({
  trigger: { id },
  small = false,
}: {
  readonly trigger: Pick<TriggerMessage, "id">;
  /** In the row of a table. */
  readonly small?: boolean;
}): JSX.Element {
  const busy = useSignal(false);
  const fire = async (): Promise<void> => {
    const { project = "", domain = "", taskName = "", name = "" } = id?.name ?? {};
    busy.value = true;
    await attempt(async () => {
      const { run } = await runs.createRun({
        id: { case: "projectId", value: { name: project, domain } },
        task: { case: "triggerName", value: { project, domain, taskName, name } },
        source: RunSource.WEB,
      });
      go(actionPath(run?.action?.id?.run, "a0"));
    }, "");
    busy.value = false;
  };
  return (
    <ChangeButton
      class={small ? "small" : ""}
      aria-label={`Fire now ${id?.name?.name ?? ""}`}
      disabled={busy.value}
      onClick={() => void fire()}
    >
      Fire now
    </ChangeButton>
  );
}
