import { report } from "../errors/report.ts";

/**
 * Calls listeners one after another, those there are now. One that throws neither keeps the message from the others nor
 * ends the caller; its error goes to stderr with its stack.
 */
export function tellListeners<T>(listeners: Iterable<(message: T) => unknown>, message: T, what: string): void {
  const failed = (error: unknown): void => report(`${what} failed`, error);
  for (const listener of Array.from(listeners)) {
    try {
      const result = listener(message);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
