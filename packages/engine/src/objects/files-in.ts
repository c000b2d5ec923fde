/** Bytes that stand in every path of a file that is kept. */
const markers: readonly Buffer[] = [Buffer.from("/objects/"), Buffer.from("/files/runs/")];
const byContent = /\/objects\/((?:files|dirs)\/[0-9a-f]{2}\/[0-9a-f]{64})\//g;
const ofRuns = /\/files\/(runs\/[^/"\s]+\/[^/"\s]+\/[^/"\s]+)\//g;
const none: readonly string[] = [];

/**
 * The kept files that a literal names, wherever the state directory is: `files/aa/HASH` and `dirs/aa/HASH` below `objects/`,
 * and `runs/PROJECT/DOMAIN/RUN` below `files/`.
 */
export function filesIn(bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!markers.some((marker) => buffer.includes(marker))) return none;
  const text = buffer.toString("latin1");
  const found = [byContent, ofRuns].flatMap((pattern) => [...text.matchAll(pattern)].map(([, file = ""]) => file));
  return [...new Set(found)];
}
