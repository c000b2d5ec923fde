import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { ChangeButton } from "../../parts/change-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { attempt } from "../../parts/toast.tsx";
import { secrets } from "./clients.ts";
import { placeIn, placeWords, scopeOf, scopes, type Scope, type SecretId } from "./secret-place.ts";

/** Stores a secret, or another value of one. The value is in its field until it is sent, and nowhere else. */
export function SecretDialog({
  id,
  onClose,
  onStored,
}: {
  /** Without a name: a new one. */
  readonly id: SecretId;
  readonly onClose: () => void;
  readonly onStored: () => void;
}): JSX.Element {
  const name = useRef<HTMLInputElement>(null);
  const scope = useRef<HTMLSelectElement>(null);
  const value = useRef<HTMLTextAreaElement>(null);
  const busy = useSignal(false);
  const isNew = id.name === "";
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const place = isNew ? placeIn((scope.current?.value ?? "project") as Scope, id) : id;
    const own = { project: place.project, domain: place.domain, name: isNew ? (name.current?.value ?? "") : id.name };
    const secretSpec = { value: { case: "stringValue" as const, value: value.current?.value ?? "" } };
    const store = () =>
      isNew ? secrets.createSecret({ id: own, secretSpec }) : secrets.updateSecret({ id: own, secretSpec });
    busy.value = true;
    const isStored = await attempt(store, `Stored ${own.name}.`);
    busy.value = false;
    if (!isStored) return;
    if (value.current !== null) value.current.value = "";
    onStored();
    onClose();
  };
  return (
    <Dialog title={isNew ? "New secret" : `Replace ${id.name}`} onClose={onClose}>
      <form autocomplete="off" onSubmit={(event) => void send(event)}>
        <div class="fields">
          {isNew ? (
            <>
              <label>
                <span class="field-name">Name</span>
                <input ref={name} required maxLength={253} autocomplete="off" spellcheck={false} />
              </label>
              <label>
                <span class="field-name">Given to</span>
                <select ref={scope}>
                  {scopes.map((each) => (
                    <option key={each} value={each} selected={each === scopeOf(id)}>
                      {placeWords(placeIn(each, id))}
                    </option>
                  ))}
                </select>
              </label>
            </>
          ) : (
            <p class="quiet">Given to {placeWords(id)}. Processes that run keep the value they have.</p>
          )}
          <label>
            <span class="field-name">Value</span>
            <textarea ref={value} class="concealed" required rows={3} autocomplete="off" spellcheck={false} />
            <span class="quiet">It is never shown again.</span>
          </label>
        </div>
        <p class="buttons">
          <ChangeButton type="submit" class="main" disabled={busy.value}>
            Store it
          </ChangeButton>
        </p>
      </form>
    </Dialog>
  );
}
