import { AppEnvError } from "@appenv/core";

/** Refuses what is too large for a message. @throws AppEnvError PAYLOAD_TOO_LARGE. */
export function checkSize(
  what: string,
  { length }: Uint8Array,
  task: { readonly fullName: string; readonly settings: { readonly maxInlineBytes: number } },
): void {
  const most = task.settings.maxInlineBytes;
  if (length <= most) return;
  const limit = `the \`maxInlineBytes\` of '${task.fullName}' are ${most}`;
  throw new AppEnvError("PAYLOAD_TOO_LARGE", `${what} has ${length} bytes, but ${limit}.`);
}
