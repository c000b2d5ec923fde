import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useData } from "../../live/use-data.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { Empty, FailureNotice } from "../../parts/notice.tsx";
import { readQuery, setQuery } from "../../route/query.ts";
import { readPlaces, readSecrets, readUsers } from "./read-secrets.ts";
import { SecretDialog } from "./secret-dialog.tsx";
import { SecretTable } from "./secret-table.tsx";
import type { SecretId } from "./secret-place.ts";

/** The secrets that a project and domain can be given, by their names. */
export function Secrets(): JSX.Element {
  const again = useSignal(0);
  /** The secret that is being written; without a name it is a new one. */
  const writing = useSignal<SecretId | undefined>(undefined);
  const places = useData(readPlaces, "");
  const [first] = places.value ?? [];
  const chosen = readQuery("of") || first || "";
  const [project = "", domain = ""] = chosen.split("/");
  const { value, failure } = useData(
    async (signal) => (chosen === "" ? undefined : readBoth({ project, domain }, signal)),
    `${chosen} ${again.value}`,
  );
  const readAgain = (): void => void (again.value += 1);
  return (
    <section>
      <h2>
        Secrets{" "}
        <ChangeButton
          class="small"
          disabled={chosen === ""}
          onClick={() => (writing.value = { project, domain, name: "" })}
        >
          New secret
        </ChangeButton>
      </h2>
      <label class="line">
        <span class="quiet">Given to </span>
        <select aria-label="Project and domain" onInput={(event) => setQuery({ of: event.currentTarget.value })}>
          {(places.value ?? []).map((place) => (
            <option key={place} value={place} selected={place === chosen}>
              {place}
            </option>
          ))}
        </select>
      </label>
      <FailureNotice failure={places.failure ?? failure} />
      {value?.all.length === 0 ? <Empty>There are none.</Empty> : null}
      {value === undefined || value.all.length === 0 ? null : (
        <SecretTable of={value.all} users={value.users} onReplace={(id) => (writing.value = id)} onChange={readAgain} />
      )}
      {writing.value === undefined ? null : (
        <SecretDialog id={writing.value} onClose={() => (writing.value = undefined)} onStored={readAgain} />
      )}
    </section>
  );
}

async function readBoth(place: Omit<SecretId, "name">, signal: AbortSignal) {
  const [all, users] = await Promise.all([readSecrets(place, signal), readUsers(place, signal)]);
  return { all, users };
}
