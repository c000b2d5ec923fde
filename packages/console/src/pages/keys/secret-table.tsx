import type { JSX } from "preact";
import { OverallStatus, type StoredSecret } from "@appenv/protocol/secrets";
import { ChangeButton } from "../../parts/change-button.tsx";
import { confirm } from "../../parts/dialog.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { attempt } from "../../parts/toast.tsx";
import { plainName } from "../../route/names.ts";
import { secrets } from "./clients.ts";
import { placeWords, type SecretId } from "./secret-place.ts";

const columns = ["Name", "Given to", "Made", "(Actions)"];

/** Secrets, without their values. */
export function SecretTable({
  of,
  onReplace,
  onChange,
}: {
  readonly of: readonly StoredSecret[];
  readonly onReplace: (id: SecretId) => void;
  readonly onChange: () => void;
}): JSX.Element {
  return (
    <ListTable label="Secrets" columns={columns}>
      {of.map((secret) => (
        <SecretRow
          key={`${secret.id?.project}/${secret.id?.domain}/${secret.id?.name}`}
          secret={secret}
          onReplace={onReplace}
          onChange={onChange}
        />
      ))}
    </ListTable>
  );
}

function SecretRow({
  secret: { id, secretMetadata },
  onReplace,
  onChange,
}: {
  readonly secret: StoredSecret;
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
        <Ago at={msOf(secretMetadata?.createdTime)} />
      </td>
      <td class="one-line">
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

async function remove(id: SecretId, onChange: () => void): Promise<void> {
  const text = "Replicas and workers that start from now on do not get it.";
  if (!(await confirm(`Delete the secret ${id.name}?`, text, "Delete it"))) return;
  await attempt(() => secrets.deleteSecret({ id }), `Deleted ${id.name}.`);
  onChange();
}
