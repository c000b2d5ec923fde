import type { JSX } from "preact";
import type { DeliveryMessage } from "@appenv/protocol/tasks";
import { ChangeButton } from "../../parts/change-button.tsx";
import { confirm } from "../../parts/dialog.tsx";
import { attempt, say } from "../../parts/toast.tsx";
import { pathOf } from "../../route/names.ts";
import { Text } from "../../parts/text.tsx";
import { webhooks } from "./client.ts";

/** The page of a delivery. */
export function deliveryPath(id: string): string {
  return `/v2/webhooks/${encodeURIComponent(id)}`;
}

/** Tells whether a delivery was verified. */
export function Verified({ of: { verified, replayOf } }: { readonly of: DeliveryMessage }): JSX.Element {
  if (replayOf !== "") return <span class="busy">replayed</span>;
  return verified ? <span class="good">✓ verified</span> : <span class="bad">✕ not verified</span>;
}

/** The status of the answer. */
export function Status({ of: { status } }: { readonly of: DeliveryMessage }): JSX.Element {
  return <span class={status >= 400 ? "number bad" : "number"}>{status}</span>;
}

/** A link to the run that a delivery started. */
export function StartedRun({ of: { project, domain, run } }: { readonly of: DeliveryMessage }): JSX.Element | null {
  if (run === "") return null;
  return (
    <a href={pathOf("runs", { project, domain, name: run })}>
      <Text of={run} />
    </a>
  );
}

/** Sends a delivery once more. */
export function ReplayButton({
  of: { id, app, replayable },
  small = false,
}: {
  readonly of: DeliveryMessage;
  readonly small?: boolean;
}): JSX.Element {
  const title = replayable ? undefined : "It was not verified, or its body is not kept.";
  return (
    <ChangeButton
      class={small ? "small" : "main"}
      disabled={!replayable}
      {...(title === undefined ? {} : { title })}
      onClick={() => void replay(id, app)}
    >
      Replay
    </ChangeButton>
  );
}

async function replay(id: string, app: string): Promise<void> {
  const text = "Its handler is called once more, and runs that it starts are new ones.";
  if (!(await confirm(`Send it to ${app} again?`, text, "Replay it"))) return;
  await attempt(async () => {
    const { status } = await webhooks.replayDelivery({ id });
    say(`The app answered ${status}.`, status >= 400);
  }, "");
}
