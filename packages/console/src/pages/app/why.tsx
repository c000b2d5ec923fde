import type { JSX } from "preact";
import type { ReasonMessage } from "@appenv/protocol";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";

/** Reasons why an app is not ready, restarts or does not scale. What has failed is said above it. */
export function Why({ reasons }: { readonly reasons: readonly ReasonMessage[] }): JSX.Element | null {
  const shown = reasons.filter(({ kind }) => kind !== "failed");
  if (shown.length === 0) return null;
  return (
    <ul class="reasons" aria-label="Why it stands like this">
      {shown.map(({ kind, message, until }) => (
        <li key={`${kind} ${message}`} class={calm.has(kind) ? "quiet" : "notice"}>
          <Text of={message} />
          {until === undefined ? null : (
            <>
              {" ("}
              <Ago at={msOf(until)} />
              {")"}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Reasons that nobody has to act on. */
const calm: ReadonlySet<string> = new Set(["idle", "starting", "rollout"]);
