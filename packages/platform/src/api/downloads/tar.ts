import { promisify } from "node:util";
import { gzip } from "node:zlib";

const block = 512;

/** An archive of one file, as `tar -x` unpacks it. @param name - At most 100 bytes. */
export function tarOfOne(name: string, content: Uint8Array, modifiedAt: Date): Promise<Buffer> {
  const padding = Buffer.alloc((block - (content.length % block)) % block);
  // Two empty blocks are the end.
  const parts = [headerOf(name, content.length, modifiedAt), content, padding, Buffer.alloc(2 * block)];
  return promisify(gzip)(Buffer.concat(parts));
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}

/** A header of the format `ustar`: its numbers are octal texts. */
function headerOf(name: string, bytes: number, modifiedAt: Date): Buffer {
  const header = Buffer.alloc(block);
  header.write(name, 0, 100);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(bytes, 12), 124);
  header.write(octal(Math.floor(modifiedAt.getTime() / 1_000), 12), 136);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  // The sum counts its own field as spaces.
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
