import { signal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { Dialog } from "../parts/dialog.tsx";

/** True while the keys are shown. */
export const helpShown: Signal<boolean> = signal(false);

const keys = [
  ["Ctrl K", "go to anything by its name"],
  ["/", "search on this page"],
  ["?", "show the keys"],
  ["j k", "the next run, the one before, in the list one came from"],
  ["↑ ↓", "the action before, the next one"],
  ["← →", "close and open an action's children"],
  ["e", "errors only"],
  ["f", "failures first"],
  ["n N", "the next error, the one before"],
  ["r", "rerun"],
  ["x", "abort"],
  ["i", "hide the time in which nothing runs"],
  ["z", "show the time of the chosen action"],
  ["+ - 0", "zoom the timeline, show all of it"],
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
