import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ApiKey } from "@appenv/protocol";
import { useData } from "../../live/use-data.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { confirm } from "../../parts/dialog.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Empty, FailureNotice } from "../../parts/notice.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { attempt } from "../../parts/toast.tsx";
import { apiKeys } from "./clients.ts";
import { NewKeyDialog } from "./new-key-dialog.tsx";

const columns = ["Name", "Role", "Made", "Last used", "(Actions)"];

/** The keys that the platform and its apps accept. */
export function ApiKeys(): JSX.Element {
  const again = useSignal(0);
  const making = useSignal(false);
  const { value, failure } = useData((signal) => apiKeys.listApiKeys({}, { signal }), String(again.value));
  const readAgain = (): void => void (again.value += 1);
  return (
    <section>
      <h2>
        API keys{" "}
        <ChangeButton class="small" onClick={() => (making.value = true)}>
          New key
        </ChangeButton>
      </h2>
      <FailureNotice failure={failure} />
      {value?.apiKeys.length === 0 ? (
        <Empty>There are no keys. On this machine nobody of yours needs one.</Empty>
      ) : null}
      {value === undefined || value.apiKeys.length === 0 ? null : <KeyTable of={value.apiKeys} onChange={readAgain} />}
      {making.value ? <NewKeyDialog onClose={() => (making.value = false)} onMade={readAgain} /> : null}
    </section>
  );
}

function KeyTable({ of, onChange }: { readonly of: readonly ApiKey[]; readonly onChange: () => void }): JSX.Element {
  return (
    <ListTable label="API keys" columns={columns}>
      {of.map((key) => (
        <tr key={key.id}>
          <td>
            <Text of={key.name} />
          </td>
          <td>{key.role}</td>
          <td>
            <Ago at={msOf(key.createdAt)} />
          </td>
          <td>{key.lastUsedAt === undefined ? <span class="quiet">never</span> : <Ago at={msOf(key.lastUsedAt)} />}</td>
          <td class="row-buttons">
            <ChangeButton class="small danger" onClick={() => void revoke(key, onChange)}>
              Revoke<span class="hidden"> {key.name}</span>
            </ChangeButton>
          </td>
        </tr>
      ))}
    </ListTable>
  );
}

async function revoke({ id, name }: ApiKey, onChange: () => void): Promise<void> {
  const text = "Whoever uses it is refused at once, in apps and here; its sessions end.";
  if (!(await confirm(`Revoke the key ${name}?`, text, "Revoke it"))) return;
  await attempt(() => apiKeys.revokeApiKey({ id }), `Revoked ${name}.`);
  onChange();
}
