/** A Fibonacci number, computed the slow way: of 10 in microseconds, of 33 in tens of milliseconds. */
export function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/** The time that a flow of so many tasks takes, in milliseconds: the median of `flows`, after two that do not count. */
export async function flowMs(flows: number, flow: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = -2; count < flows; count += 1) {
    const started = performance.now();
    await flow();
    if (count >= 0) times.push(performance.now() - started);
  }
  return times.toSorted((one, other) => one - other)[flows >> 1] ?? Number.NaN;
}
