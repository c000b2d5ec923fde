import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RevisionMessage } from "@appenv/protocol";
import { ChangeButton } from "../../parts/change-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";

/** The weights of an app's revisions, together 100. */
export function WeightsDialog({
  revisions,
  onClose,
  onWeights,
}: {
  readonly revisions: readonly RevisionMessage[];
  readonly onClose: () => void;
  readonly onWeights: (weights: readonly { revision: bigint; weight: number }[]) => void;
}): JSX.Element {
  const weights = useSignal<Readonly<Record<string, number>>>(
    Object.fromEntries(revisions.map(({ number, weight }) => [String(number), weight])),
  );
  const total = Object.values(weights.value).reduce((sum, weight) => sum + weight, 0);
  const send = (event: Event): void => {
    event.preventDefault();
    const given = Object.entries(weights.value).filter(([, weight]) => weight > 0);
    onWeights(given.map(([revision, weight]) => ({ revision: BigInt(revision), weight })));
    onClose();
  };
  return (
    <Dialog title="Weights" onClose={onClose}>
      <form onSubmit={send}>
        <div class="fields">
          {revisions.map(({ number }) => (
            <label key={String(number)}>
              <span class="field-name">Revision {String(number)}</span>
              <input
                type="number"
                min={0}
                max={100}
                step={1}
                defaultValue={String(weights.value[String(number)] ?? 0)}
                onInput={({ currentTarget: { value } }) =>
                  (weights.value = { ...weights.value, [String(number)]: Number(value) })
                }
              />
            </label>
          ))}
        </div>
        <p role="status">Together {total} of 100.</p>
        <p class="buttons">
          <ChangeButton type="submit" class="main" disabled={total !== 100}>
            Set weights
          </ChangeButton>
        </p>
      </form>
    </Dialog>
  );
}
