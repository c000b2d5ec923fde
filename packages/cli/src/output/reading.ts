const everyMs = 10_000;

/** Says that a file is read, and again while that takes its time: its top level may await something. */
export async function reading<T>(file: string, say: (text: string) => void, read: () => Promise<T>): Promise<T> {
  say(`Reading ${file} ...`);
  const began = performance.now();
  const again = setInterval(() => {
    say(`Reading ${file}, for ${Math.round((performance.now() - began) / 1_000)} s now ...`);
  }, everyMs).unref();
  try {
    return await read();
  } finally {
    clearInterval(again);
  }
}
