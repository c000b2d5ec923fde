import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ActionProgress } from "@appenv/protocol/tasks";
import { streams } from "../../../api/clients.ts";
import { useFollow } from "../../../live/use-follow.ts";
import { Text } from "../../../parts/text.tsx";
import type { Name } from "../../../route/names.ts";

/** The progress and the metadata of an action, as it reports them; nothing if it reports none. */
export function Progress({ run, action }: { readonly run: Name; readonly action: string }): JSX.Element | null {
  const { project, domain, name } = run;
  const state = useSignal<ActionProgress | undefined>(undefined);
  useFollow(
    {
      open: (signal) => streams.watchProgress({ project, domain, run: name }, { signal }),
      onMessage: ({ actions }) => {
        state.value = actions.find((each) => each.action === action) ?? state.value;
      },
    },
    `${name} ${action}`,
  );
  if (state.value === undefined || state.value.action !== action) return null;
  const { done, total, message, metadata } = state.value;
  return (
    <section aria-label="Progress">
      {done === undefined ? null : (
        <p>
          <progress value={Math.max(done, 0)} max={total > 0 ? total : 1} aria-label="Progress" />{" "}
          <Text of={`${done} of ${total}${message === "" ? "" : `: ${message}`}`} />
        </p>
      )}
      {metadata === "" ? null : <pre class="quiet">{JSON.stringify(JSON.parse(metadata), undefined, 2)}</pre>}
    </section>
  );
}
