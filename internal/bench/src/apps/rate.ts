/** Time before runs count, in milliseconds. */
const warmUpMs = 2_000;

/** Number that end in a second, with a constant number under way. The first two seconds do not count. */
export async function endedPerSecond(atOnce: number, seconds: number, run: (x: number) => Promise<unknown>) {
  const from = performance.now() + warmUpMs;
  const until = from + seconds * 1_000;
  let [started, ended] = [0, 0];
  const next = async (): Promise<void> => {
    while (performance.now() < until) {
      await run((started += 1));
      const now = performance.now();
      if (now >= from && now < until) ended += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return ended / seconds;
}
