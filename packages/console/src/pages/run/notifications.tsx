import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { NotificationMessage } from "@appenv/protocol/tasks";
import { notifications } from "../../api/clients.ts";
import { now } from "../../live/clock.ts";
import { useData } from "../../live/use-data.ts";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { plainName, type Name } from "../../route/names.ts";

/** Time between two looks while a notification is on its way, in milliseconds. */
const againMs = 5_000;

/** How the notifications of a run were delivered; nothing if it has none. */
export function Notifications({ run, ended }: { readonly run: Name; readonly ended: boolean }): JSX.Element | null {
  return ended ? <Delivered run={run} /> : null;
}

function Delivered({ run }: { readonly run: Name }): JSX.Element | null {
  const { project, domain, name } = plainName(run);
  const waits = useSignal(false);
  const look = waits.value ? Math.floor(now.value / againMs) : 0;
  const found = useData(
    (signal) => notifications.listNotifications({ project, domain, run: name }, { signal }),
    `${look}`,
  );
  const all = found.value?.notifications ?? [];
  const pending = all.some(({ state }) => state === "pending");
  useEffect(() => void (waits.value = pending), [pending]);
  if (all.length === 0) return null;
  return (
    <ul class="facts" aria-label="Notifications">
      {all.map((each) => (
        <li key={each.id} class={each.state === "failed" ? "error" : "quiet"}>
          <Delivery of={each} />
        </li>
      ))}
    </ul>
  );
}

function Delivery({
  of: { state, destination, attempts, error, nextAt },
}: {
  readonly of: NotificationMessage;
}): JSX.Element {
  return (
    <>
      notification to <Text of={destination} /> {state}
      {attempts > 1 ? `, ${attempts} attempts` : ""}
      {nextAt === undefined || attempts === 0 ? null : (
        <>
          , next <Ago at={msOf(nextAt)} />
        </>
      )}
      {error === "" ? null : (
        <>
          : <Text of={error} />
        </>
      )}
    </>
  );
}
