import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RevisionMessage } from "@appenv/protocol";
import { revisions as client } from "../../api/clients.ts";
import { useData } from "../../live/use-data.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { confirm } from "../../parts/dialog.tsx";
import { OutLink } from "../../parts/link.tsx";
import { FailureNotice } from "../../parts/notice.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { attempt } from "../../parts/toast.tsx";
import type { Name } from "../../route/names.ts";
import { Changes } from "./changes.tsx";
import { WeightsDialog } from "./weights-dialog.tsx";

/** The revisions of an app with their weights. @param changed - Another text: they are read again. */
export function Revisions({ app, changed }: { readonly app: Name; readonly changed: string }): JSX.Element {
  const again = useSignal(0);
  const editing = useSignal(false);
  const key = `${changed} ${again.value}`;
  const { value, failure } = useData((signal) => client.listRevisions({ app }, { signal }), key);
  const all = value?.revisions ?? [];
  const setWeights = async (weights: readonly { revision: bigint; weight: number }[], done: string): Promise<void> => {
    if (await attempt(() => client.setTraffic({ app, weights: [...weights] }), done)) again.value += 1;
  };
  const goBack = async ({ number }: RevisionMessage): Promise<void> => {
    const yes = await confirm(
      `Go back to revision ${number}?`,
      "It gets all requests as soon as it can answer.",
      "Go back",
    );
    if (yes) await setWeights([{ revision: number, weight: 100 }], `Revision ${number} gets all requests.`);
  };
  return (
    <section>
      <h2>
        Revisions{" "}
        {all.length > 1 ? (
          <ChangeButton class="small" onClick={() => (editing.value = true)}>
            Set weights
          </ChangeButton>
        ) : null}
      </h2>
      <FailureNotice failure={failure} />
      <ListTable label="Revisions" columns={["No.", "Made", "Weight", "Replicas", "Requests", "Failed", "(Actions)"]}>
        {all.map((revision) => (
          <tr key={String(revision.number)}>
            <td class="number">
              {revision.endpoint === "" ? (
                String(revision.number)
              ) : (
                <OutLink url={revision.endpoint}>{String(revision.number)}</OutLink>
              )}
            </td>
            <td>
              <Ago at={msOf(revision.createdAt)} />
              {revision.message === "" ? null : (
                <span class="quiet block">
                  <Text of={revision.message} />
                </span>
              )}
              <Changes of={revision.changes} />
            </td>
            <td class="number">{revision.weight} %</td>
            <td class="number">{revision.replicas}</td>
            <td class="number">
              <span class="live-count">{String(revision.requests)}</span>
            </td>
            <td class="number">{String(revision.failures)}</td>
            <td class="row-buttons">
              {revision.weight === 100 ? null : (
                <ChangeButton class="small" onClick={() => void goBack(revision)}>
                  Use it<span class="hidden"> (revision {String(revision.number)})</span>
                </ChangeButton>
              )}
            </td>
          </tr>
        ))}
      </ListTable>
      {editing.value ? (
        <WeightsDialog
          revisions={all}
          onClose={() => (editing.value = false)}
          onWeights={(weights) => void setWeights(weights, "The weights are set.")}
        />
      ) : null}
    </section>
  );
}
