import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { ChangeButton } from "../../parts/change-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Command } from "../../parts/notice.tsx";
import { attempt } from "../../parts/toast.tsx";
import { apiKeys } from "./clients.ts";

/** Makes a key, and shows its text this once. */
export function NewKeyDialog({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: () => void;
}): JSX.Element {
  const name = useRef<HTMLInputElement>(null);
  const role = useRef<HTMLSelectElement>(null);
  const made = useSignal("");
  const busy = useSignal(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    const request = { name: name.current?.value ?? "", role: role.current?.value ?? "viewer" };
    await attempt(async () => (made.value = (await apiKeys.createApiKey(request)).key), "");
    busy.value = false;
    if (made.value !== "") onMade();
  };
  return (
    <Dialog title="New API key" onClose={onClose}>
      {made.value === "" ? (
        <form onSubmit={(event) => void send(event)}>
          <div class="fields">
            <label>
              <span class="field-name">Name</span>
              <input ref={name} required maxLength={100} autocomplete="off" placeholder="What will use it" />
            </label>
            <label>
              <span class="field-name">Role</span>
              <select ref={role}>
                <option value="viewer">viewer: reads, and changes nothing</option>
                <option value="admin">admin: may do everything, and calls apps</option>
              </select>
            </label>
          </div>
          <p class="buttons">
            <ChangeButton type="submit" class="main" disabled={busy.value}>
              Make it
            </ChangeButton>
          </p>
        </form>
      ) : (
        <div role="status">
          <p>This is the key. It is shown only now: the platform keeps a hash of it.</p>
          <p class="new-key">
            <Command text={made.value} />
          </p>
        </div>
      )}
    </Dialog>
  );
}
