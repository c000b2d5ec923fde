// Setup of every test file: fails a test during which Node warns this process, for example of too many listeners.
import { afterEach } from "vitest";

const warnings: string[] = [];
// A test may have put another clock in place.
const later = setImmediate;

process.on("warning", (warning: Error & { readonly code?: string }) => {
  // Our own warnings are for users and have tests of their own; a new Node may warn of experimental features.
  if (warning.code?.startsWith("APPENV_") === true || warning.name === "ExperimentalWarning") return;
  warnings.push(warning.stack ?? String(warning));
});

afterEach(async () => {
  // Warnings are emitted in a later turn of the event loop.
  await new Promise((resolve) => later(resolve));
  const told = warnings.splice(0);
  if (told.length > 0) throw new Error(`Node warned this process:\n${told.join("\n")}`);
});
