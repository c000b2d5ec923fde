import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { BackfillMessage, TriggerMessage } from "@appenv/protocol/tasks";
import { backfills } from "../api/clients.ts";
import { useData } from "../live/use-data.ts";
import { ChangeButton } from "../parts/change-button.tsx";
import { ListTable } from "../parts/list-table.tsx";
import { FailureNotice } from "../parts/notice.tsx";
import { Ago, exact, msOf } from "../parts/time.tsx";
import { attempt } from "../parts/toast.tsx";
import { BackfillDialog } from "./backfill-dialog.tsx";

const columns = ["Asked", "From", "To", "Runs", "Phase", "(Actions)"];

/** The backfills of a trigger, with a button for one more. @param changed - Another text: they are read again. */
export function Backfills({
  trigger,
  changed,
}: {
  readonly trigger: TriggerMessage;
  readonly changed: string;
}): JSX.Element {
  const { project = "", domain = "", taskName: task = "", name = "" } = trigger.id?.name ?? {};
  const again = useSignal(0);
  const asking = useSignal(false);
  const { value, failure } = useData(
    (signal) => backfills.listBackfills({ project, domain }, { signal }),
    `${changed} ${again.value}`,
  );
  const own = (value?.backfills ?? []).filter(({ trigger: of }) => of?.task === task && of.name === name);
  const readAgain = (): void => void (again.value += 1);
  return (
    <section>
      <h2>
        Backfills{" "}
        <ChangeButton class="small" onClick={() => (asking.value = true)}>
          New backfill
        </ChangeButton>
      </h2>
      <FailureNotice failure={failure} />
      {own.length === 0 ? <p class="quiet">None.</p> : <Table of={own} onChange={readAgain} />}
      {asking.value ? (
        <BackfillDialog
          trigger={{ project, domain, task, name }}
          onClose={() => (asking.value = false)}
          onStarted={readAgain}
        />
      ) : null}
    </section>
  );
}

function Table({
  of,
  onChange,
}: {
  readonly of: readonly BackfillMessage[];
  readonly onChange: () => void;
}): JSX.Element {
  return (
    <ListTable label="Backfills" columns={columns}>
      {of.map((backfill) => (
        <tr key={String(backfill.id)}>
          <td>
            <Ago at={msOf(backfill.createdAt)} />
          </td>
          <td>{exact(msOf(backfill.from) ?? 0)}</td>
          <td>{exact(msOf(backfill.to) ?? 0)}</td>
          <td>
            <a href={`/v2/runs?label=${encodeURIComponent(`appenv.dev/backfill=${backfill.id}`)}`}>
              {backfill.succeeded} of {backfill.total}
            </a>
            {backfill.failed === 0 ? null : <span class="bad">, {backfill.failed} failed</span>}
          </td>
          <td>{backfill.phase.toLowerCase()}</td>
          <td class="row-buttons">
            {backfill.phase === "RUNNING" ? (
              <ChangeButton class="small danger" onClick={() => void abort(backfill, onChange)}>
                Stop<span class="hidden"> backfill {String(backfill.id)}</span>
              </ChangeButton>
            ) : null}
          </td>
        </tr>
      ))}
    </ListTable>
  );
}

async function abort({ id, trigger }: BackfillMessage, onChange: () => void): Promise<void> {
  const { project = "", domain = "" } = trigger ?? {};
  await attempt(() => backfills.abortBackfill({ project, domain, id }), "It starts no more runs.");
  onChange();
}
