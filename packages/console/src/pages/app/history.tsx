import type { JSX } from "preact";
import type { AppMessage } from "@appenv/protocol";
import { AppPhase } from "../../parts/phase.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";

/** How an app came to stand as it does, the latest first. */
export function History({ app }: { readonly app: AppMessage }): JSX.Element {
  const conditions = app.status?.conditions.toReversed() ?? [];
  return (
    <section>
      <h2>History</h2>
      <ol class="history">
        {conditions.map(({ lastTransitionTime, deploymentStatus, message, revision }, index) => (
          <li key={`${lastTransitionTime?.seconds} ${index}`}>
            <AppPhase of={deploymentStatus} />
            <span class="quiet">
              {" "}
              revision {String(revision)}, <Ago at={msOf(lastTransitionTime)} />
            </span>
            {message === "" || index === 0 ? null : (
              <span class="block">
                <Text of={message} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
