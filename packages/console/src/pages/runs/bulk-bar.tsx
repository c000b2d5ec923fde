import type { MessageInitShape } from "@bufbuild/protobuf";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { RunSelectionSchema } from "@appenv/protocol/tasks";
import { control } from "../../api/clients.ts";
import { isDisconnect, readFailure } from "../../api/failure.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { confirm } from "../../parts/dialog.tsx";
import { Text } from "../../parts/text.tsx";
import { say } from "../../parts/toast.tsx";

type Change = "abort" | "rerun" | "delete";

const changes: readonly {
  readonly change: Change;
  readonly verb: string;
  readonly done: string;
  readonly text: string;
}[] = [
  {
    change: "abort",
    verb: "Abort",
    done: "aborted",
    text: "All that is being done is ended. Those that have ended stay.",
  },
  { change: "rerun", verb: "Rerun", done: "started again", text: "Each starts again with the same task and inputs." },
  {
    change: "delete",
    verb: "Delete",
    done: "deleted",
    text: "Their actions, logs and files go too. Those that go on stay.",
  },
];

interface Progress {
  readonly verb: string;
  readonly selected: number;
  readonly done: number;
  readonly failed: number;
  readonly failures: readonly { readonly run: string; readonly message: string }[];
  readonly isOver: boolean;
}

/** Changes of the runs that are chosen, or of all that meet the filters. */
export function BulkBar({
  picked,
  all,
  isFiltered,
  onChanged,
}: {
  /** The runs that are chosen, as a selection; undefined: none. */
  readonly picked: MessageInitShape<typeof RunSelectionSchema> | undefined;
  /** All that meet the filters. */
  readonly all: MessageInitShape<typeof RunSelectionSchema>;
  readonly isFiltered: boolean;
  /** Called when runs have changed. */
  readonly onChanged: () => void;
}): JSX.Element | null {
  const progress = useSignal<Progress | undefined>(undefined);
  const stop = useRef<AbortController>(undefined);
  const begin = async ({ change, verb, done, text }: (typeof changes)[number]): Promise<void> => {
    const selection = picked ?? all;
    try {
      const count = await countOf(selection, change);
      if (count === 0) return say(`None of these runs can be ${done}.`);
      if (!(await confirm(`${verb} ${runsOf(count)}?`, text, verb))) return;
      stop.current = new AbortController();
      await follow(selection, change, verb, stop.current.signal, (value) => (progress.value = value));
      const end = progress.value;
      if (end !== undefined && end.failed === 0) progress.value = undefined;
      say(`${end?.done ?? 0} of ${runsOf(end?.selected ?? 0)} ${done}.`, (end?.failed ?? 0) > 0);
    } catch (error) {
      progress.value = undefined;
      if (!isDisconnect(error)) say(readFailure(error).message, true);
    }
    onChanged();
  };
  const { value } = progress;
  if (value !== undefined)
    return <Shown progress={value} onStop={() => stop.current?.abort()} onClose={() => (progress.value = undefined)} />;
  if (picked === undefined && !isFiltered) return null;
  const what = picked === undefined ? "all that match" : String(picked.runs?.length ?? 0);
  return (
    <div class="bulk" role="group" aria-label="Change many runs">
      {changes.map((each) => (
        <ChangeButton
          key={each.change}
          class={each.change === "rerun" ? "" : "danger"}
          onClick={() => void begin(each)}
        >
          {each.verb} {what}
        </ChangeButton>
      ))}
    </div>
  );
}

function Shown({
  progress: { verb, selected, done, failed, failures, isOver },
  onStop,
  onClose,
}: {
  readonly progress: Progress;
  readonly onStop: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  return (
    <div class="bulk" role="group" aria-label="Change many runs">
      <progress max={Math.max(selected, 1)} value={done + failed} aria-label={`${verb} ${runsOf(selected)}`} />
      <span role="status">
        {verb}: {done + failed} of {selected}
        {failed === 0 ? "" : `, ${failed} failed`}
      </span>
      {isOver ? (
        <button type="button" onClick={onClose}>
          Close
        </button>
      ) : (
        <button type="button" onClick={onStop}>
          Stop
        </button>
      )}
      {failures.length === 0 ? null : (
        <details class="wide" open>
          <summary>Why</summary>
          <ul>
            {failures.map(({ run, message }) => (
              <li key={run}>
                <Text of={`${run}: ${message}`} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

async function countOf(selection: MessageInitShape<typeof RunSelectionSchema>, change: Change): Promise<number> {
  const named = selection.runs?.length ?? 0;
  if (named > 0) return named;
  let count = 0;
  for await (const { selected } of control.changeRuns({ selection, change, dryRun: true })) count = selected;
  return count;
}

async function follow(
  selection: MessageInitShape<typeof RunSelectionSchema>,
  change: Change,
  verb: string,
  signal: AbortSignal,
  show: (progress: Progress) => void,
): Promise<void> {
  const failures: { run: string; message: string }[] = [];
  let last: Progress = { verb, selected: 0, done: 0, failed: 0, failures, isOver: false };
  show(last);
  try {
    const answers = control.changeRuns({ selection, change, reason: "Aborted in the console" }, { signal });
    for await (const answer of answers) {
      failures.push(...answer.failures.map(({ run, message }) => ({ run: run?.run ?? "", message })));
      const { selected, done, failed } = answer;
      last = { verb, selected, done, failed, failures: [...failures], isOver: false };
      show(last);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  show({ ...last, isOver: true });
}

function runsOf(count: number): string {
  return count === 1 ? "one run" : `${count} runs`;
}
