import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { TriggerRef } from "@appenv/protocol/tasks";
import { backfills } from "../api/clients.ts";
import { readFailure } from "../api/failure.ts";
import { ChangeButton } from "../parts/change-button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { attempt } from "../parts/toast.tsx";

/** Starts the runs that a trigger would have started in a span of time, after it has said how many there are. */
export function BackfillDialog({
  trigger,
  onClose,
  onStarted,
}: {
  readonly trigger: Pick<TriggerRef, "project" | "domain" | "task" | "name">;
  readonly onClose: () => void;
  readonly onStarted: () => void;
}): JSX.Element {
  const from = useSignal("");
  const to = useSignal("");
  const concurrency = useRef<HTMLInputElement>(null);
  const preview = useSignal<Preview>({ words: "Choose a span of time.", mayStart: false });
  const busy = useSignal(false);
  const span = spanOf(from.value, to.value);
  useEffect(() => {
    const stop = new AbortController();
    preview.value = { words: span === undefined ? "Choose a span of time." : "…", mayStart: false };
    if (span !== undefined)
      void previewOf({ trigger, ...span }, stop.signal).then((found) => stop.signal.aborted || (preview.value = found));
    return () => stop.abort();
  }, [from.value, to.value]);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (span === undefined) return;
    const asked = { trigger, ...span, concurrency: Number(concurrency.current?.value ?? 1) };
    busy.value = true;
    const isStarted = await attempt(() => backfills.startBackfill(asked), "The backfill has begun.");
    busy.value = false;
    if (!isStarted) return;
    onStarted();
    onClose();
  };
  return (
    <Dialog title={`Backfill ${trigger.name}`} onClose={onClose}>
      <form onSubmit={(event) => void send(event)}>
        <p class="quiet">
          Starts the runs that the trigger would have started, in order. Firings that have a run are left out.
        </p>
        <div class="fields">
          <TimeInput words="From" onTime={(text) => (from.value = text)} />
          <TimeInput words="To, not included; empty for now" onTime={(text) => (to.value = text)} />
          <label>
            <span class="field-name">Runs at once</span>
            <input ref={concurrency} type="number" min={1} max={1_000} defaultValue="1" required />
          </label>
        </div>
        <p role="status">{preview.value.words}</p>
        <p class="buttons">
          <ChangeButton type="submit" class="main" disabled={busy.value || !preview.value.mayStart}>
            Start the runs
          </ChangeButton>
        </p>
      </form>
    </Dialog>
  );
}

function TimeInput({
  words,
  onTime,
}: {
  readonly words: string;
  readonly onTime: (text: string) => void;
}): JSX.Element {
  return (
    <label>
      <span class="field-name">{words}</span>
      <input type="datetime-local" onInput={(event) => onTime(event.currentTarget.value)} />
    </label>
  );
}

interface Preview {
  readonly words: string;
  readonly mayStart: boolean;
}

type Span = NonNullable<ReturnType<typeof spanOf>>;

/** Undefined until there is a beginning. */
function spanOf(from: string, to: string) {
  if (from === "") return undefined;
  const end = to === "" ? new Date() : new Date(to);
  return { from: timestampFromDate(new Date(from)), to: timestampFromDate(end) };
}

async function previewOf(
  asked: Span & { readonly trigger: Pick<TriggerRef, "project" | "domain" | "task" | "name"> },
  signal: AbortSignal,
): Promise<Preview> {
  try {
    const { backfill } = await backfills.startBackfill({ ...asked, dryRun: true }, { signal });
    const total = backfill?.total ?? 0;
    return { words: total === 1 ? "One firing." : `${total} firings.`, mayStart: total > 0 };
  } catch (error) {
    return { words: readFailure(error).message, mayStart: false };
  }
}
