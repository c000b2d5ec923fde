/** The longest time that a timer of Node's takes, in milliseconds: 24.8 days. */
const longestMs = 2 ** 31 - 1;

/** Waits until a time, in milliseconds since 1970, however far away it is. @param signal - Ends the wait; rejects with its reason. */
export function waitUntil(time: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout>;
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const wait = (): void => {
      const left = time - Date.now();
      if (left > 0) timer = setTimeout(wait, Math.min(left, longestMs));
      else {
        signal?.removeEventListener("abort", stop);
        resolve();
      }
    };
    if (signal?.aborted === true) return stop();
    signal?.addEventListener("abort", stop, { once: true });
    wait();
  });
}
