/** Calls back with each second that has just ended, since 1970, until the returned function is called. */
export type Clock = (onSecond: (at: number) => void) => () => void;

/** The clock of this machine. A call that comes late leaves seconds out. */
export const nextSecond: Clock = (onSecond) => {
  let timer: NodeJS.Timeout | undefined;
  let last = 0;
  const schedule = (): void => {
    timer = setTimeout(onTime, 1_000 - (Date.now() % 1_000)).unref();
  };
  const onTime = (): void => {
    const ended = Math.floor(Date.now() / 1_000) - 1;
    schedule();
    // A timer may fire a little early.
    if (ended === last) return;
    last = ended;
    onSecond(ended);
  };
  schedule();
  return () => clearTimeout(timer);
};
