import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { upload, type UploadScope } from "../../api/upload.ts";
import { attempt } from "../toast.tsx";

/** A file of a task: its URI, which an upload from this machine fills in. */
export function FileInput({
  text,
  place,
  onText,
}: {
  readonly text: string;
  /** Where the task is. */
  readonly place: UploadScope;
  readonly onText: (uri: string) => void;
}): JSX.Element {
  const uri = useSignal(text);
  const busy = useSignal(false);
  const set = (value: string): void => {
    uri.value = value;
    onText(value);
  };
  const send = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    busy.value = true;
    await attempt(async () => set(await upload(place, file)), "");
    busy.value = false;
  };
  return (
    <span class="file-input">
      <input
        type="text"
        spellcheck={false}
        placeholder="A path or URI, or choose a file"
        value={uri.value}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <input
        type="file"
        aria-label="Choose a file to upload"
        disabled={busy.value}
        onChange={(event) => void send(event.currentTarget.files?.[0])}
      />
    </span>
  );
}
