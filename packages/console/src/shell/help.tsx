import { signal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { Dialog } from "../parts/dialog.tsx";

/** True while the keys are shown. */
export const helpShown: Signal<boolean> = signal(false);

const keys = [
  ["Ctrl K", "go to anything by its name"],
  ["/", "search on this page"],
  ["?", "show the keys"],
  ["↑ ↓ or k j", "the action before, the next one"],
  ["← →", "close and open an action's children"],
  ["e", "the next error"],
  ["r", "rerun"],
  ["x", "abort"],
  ["Esc", "close"],
] as const;

/** The keys of the console. */
export function Help(): JSX.Element {
  return (
    <Dialog title="Keys" onClose={() => (helpShown.value = false)}>
      <dl class="keys">
        {keys.map(([key, words]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
