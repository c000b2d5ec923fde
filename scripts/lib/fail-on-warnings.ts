// Set up in every test file: a test during which Node warns of a process's own doing fails, such as too many listeners.
import { afterEach } from "vitest";

const warnings: string[] = [];
// A test may have put another clock in place.
const later = setImmediate;

process.on("warning", (warning: Error & { readonly code?: string }) => {
  // Our own warnings are for users, and tests check them in their places; a new Node may warn that its features are experimental.
  if (warning.code?.startsWith("APPENV_") === true || warning.name === "ExperimentalWarning") return;
  warnings.push(warning.stack ?? String(warning));
});

afterEach(async () => {
  // Warnings are told in a later turn of the event loop.
  await new Promise((resolve) => later(resolve));
  const told = warnings.splice(0);
  if (told.length > 0) throw new Error(`Node warned this process:\n${told.join("\n")}`);
});
