/** Time, as the engine reads it. */
export interface Clock {
  /** Milliseconds since 1970; it may jump. */
  now(): number;
  /** Milliseconds since some moment; it never jumps. */
  monotonic(): number;
  /** Calls back once after a time in milliseconds, however the clock is set, unless the returned function is called. */
  after(ms: number, callback: () => void): () => void;
}

/** The longest that a timer of Node can be. */
const longestMs = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const end = performance.now() + ms;
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = end - performance.now();
      if (left <= 0) callback();
      else timer = setTimeout(wait, Math.min(Math.ceil(left), longestMs));
    };
    timer = setTimeout(wait, Math.min(Math.max(Math.ceil(ms), 0), longestMs));
    return () => clearTimeout(timer);
  },
};
