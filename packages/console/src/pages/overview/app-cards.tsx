import type { JSX } from "preact";
import type { AppMessage } from "@appenv/protocol";
import { appKey } from "../../live/apps.ts";
import { OutLink } from "../../parts/link.tsx";
import { AppPhase } from "../../parts/phase.tsx";
import { Text } from "../../parts/text.tsx";
import { pathOf } from "../../route/names.ts";
import { conditionOf } from "../app/condition.ts";

const shown = 8;

/** Apps in short. */
export function AppCards({ apps }: { readonly apps: readonly AppMessage[] }): JSX.Element {
  if (apps.length === 0) return <p class="empty">No app is served.</p>;
  return (
    <ul class="cards">
      {apps.slice(0, shown).map((app) => (
        <li key={appKey(app)}>
          <a href={pathOf("apps", app.metadata?.id)}>
            <Text of={app.metadata?.id?.name ?? ""} />
          </a>
          <AppPhase of={conditionOf(app)?.deploymentStatus} />
          <OutLink url={app.status?.ingress?.publicUrl ?? ""} />
        </li>
      ))}
    </ul>
  );
}
