import type { JSX } from "preact";
import type { GraphNodeMessage } from "@appenv/protocol/tasks";
import { OverallStatus, type StoredSecret } from "@appenv/protocol/secrets";
import { ChangeButton } from "../../parts/change-button.tsx";
import { confirm } from "../../parts/dialog.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { attempt } from "../../parts/toast.tsx";
import { plainName } from "../../route/names.ts";
import { nodePath } from "../graph/words.ts";
import { secrets } from "./clients.ts";
import { placeWords, type SecretId } from "./secret-place.ts";

const columns = ["Name", "Given to", "Asked for by", "Made", "(Actions)"];

/** Secrets, without their values. */
export function SecretTable({
  of,
  users,
  onReplace,
  onChange,
}: {
  readonly of: readonly StoredSecret[];
  /** Apps and tasks by the secrets that they ask for. */
  readonly users: ReadonlyMap<string, readonly GraphNodeMessage[]>;
  readonly onReplace: (id: SecretId) => void;
  readonly onChange: () => void;
}): JSX.Element {
  return (
    <ListTable label="Secrets" columns={columns}>
      {of.map((secret) => (
        <SecretRow
          key={`${secret.id?.project}/${secret.id?.domain}/${secret.id?.name}`}
          secret={secret}
          users={users.get(secret.id?.name ?? "") ?? []}
          onReplace={onReplace}
          onChange={onChange}
        />
      ))}
    </ListTable>
  );
}

function SecretRow({
  secret: { id, secretMetadata },
  users,
  onReplace,
  onChange,
}: {
  readonly secret: StoredSecret;
  readonly users: readonly GraphNodeMessage[];
  readonly onReplace: (id: SecretId) => void;
  readonly onChange: () => void;
}): JSX.Element {
  const name = plainName(id);
  const unreadable = secretMetadata?.secretStatus?.overallStatus === OverallStatus.UNKNOWN_STATUS;
  return (
    <tr>
      <td>
        <code>
          <Text of={name.name} />
        </code>
        {unreadable ? <span class="bad block">cannot be read: its key file is not there</span> : null}
      </td>
      <td>
        <Text of={placeWords(name)} />
      </td>
      <td>
        <Users of={users} />
      </td>
      <td>
        <Ago at={msOf(secretMetadata?.createdTime)} />
      </td>
      <td class="row-buttons">
        <ChangeButton class="small" onClick={() => onReplace(name)}>
          Replace<span class="hidden"> {name.name}</span>
        </ChangeButton>{" "}
        <ChangeButton class="small danger" onClick={() => void remove(name, onChange)}>
          Delete<span class="hidden"> {name.name}</span>
        </ChangeButton>
      </td>
    </tr>
  );
}

const shownUsers = 6;

function Users({ of }: { readonly of: readonly GraphNodeMessage[] }): JSX.Element {
  if (of.length === 0) return <span class="quiet">nobody</span>;
  return (
    <>
      {of.slice(0, shownUsers).map((node) => (
        <span key={node.id} class="block">
          <a href={nodePath(node)}>
            <Text of={node.name} />
          </a>
        </span>
      ))}
      {of.length > shownUsers ? <span class="quiet">and {of.length - shownUsers} more</span> : null}
    </>
  );
}

async function remove(id: SecretId, onChange: () => void): Promise<void> {
  const text = "Replicas and workers that start from now on do not get it.";
  if (!(await confirm(`Delete the secret ${id.name}?`, text, "Delete it"))) return;
  await attempt(() => secrets.deleteSecret({ id }), `Deleted ${id.name}.`);
  onChange();
}
