/** The longest time a timer of Node's takes. */
const longestMs = 2 ** 31 - 1;

/**
 * Calls a function at a time, in milliseconds since 1970; a clock that jumps afterwards changes nothing. Returns what
 * takes it back.
 */
export function atTime(time: number | undefined, reached: () => void): () => void {
  if (time === undefined) return () => {};
  const startedAt = performance.now();
  const waitMs = Math.max(0, time - Date.now());
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = waitMs - (performance.now() - startedAt);
    timer = setTimeout(leftMs > longestMs ? arm : reached, Math.min(Math.max(0, leftMs), longestMs));
  };
  arm();
  return () => clearTimeout(timer);
}
