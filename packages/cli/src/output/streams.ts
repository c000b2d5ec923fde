/** Ends the command quietly if its reader has seen enough, as `head` has: by default the process, with exit code 0. */
export function ignoreClosedPipes(end: () => void = () => process.exit(0)): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      end();
    });
  }
}

/** Resolves when everything written so far has left the process, which `process.exit` would cut off otherwise. */
export async function flushed(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise<void>((done) => stream.write("", () => done()))),
  );
}
