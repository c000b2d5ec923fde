import { onNpxEnd } from "./npx.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Resolves when the user or the system asks the command to end, so that it can end cleanly; also when the npx that started
 * it has ended. While it ends, a second signal ends the process at once.
 */
export function untilStopped(): Promise<void> {
  return new Promise((done) => {
    let asked = false;
    for (const signal of signals) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        done();
      });
    }
    onNpxEnd(() => {
      asked = true;
      done();
    });
  });
}
