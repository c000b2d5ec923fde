import { brotliCompressSync } from "node:zlib";

/**
 * The program of a container in the fewest characters: the backend stores it with every action of a run.
 *
 * @param code - A module that imports nothing but parts of Node. @returns Code for `node --input-type=module -e`.
 */
export function packProgram(code: string): string {
  const packed = brotliCompressSync(code).toString("base64");
  const unpacked = `brotliDecompressSync(Buffer.from("${packed}","base64")).toString("base64")`;
  return `import{brotliDecompressSync}from"node:zlib";await import("data:text/javascript;base64,"+${unpacked});`;
}
