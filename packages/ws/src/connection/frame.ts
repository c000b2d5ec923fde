/** A complete frame as a server sends it (RFC 6455, section 5.2): final, unmasked, never compressed. */
export type Frame = Buffer;

const text = 0x81;
const binary = 0x82;

/** The frame of a message: a text, or bytes. */
export function frameOf(message: string | Uint8Array): Frame {
  if (typeof message !== "string") return frame(binary, message.length, (target, at) => target.set(message, at));
  return frame(text, Buffer.byteLength(message), (target, at) => target.write(message, at));
}

/** The frame of a text that is encoded already, of several pieces. */
export function textFrameOf(...pieces: readonly Uint8Array[]): Frame {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return frame(text, length, (target, at) => {
    for (const piece of pieces) {
      target.set(piece, at);
      at += piece.length;
    }
  });
}

function frame(opcode: number, length: number, fill: (target: Buffer, at: number) => void): Frame {
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const target = Buffer.allocUnsafe(head + length);
  target[0] = opcode;
  target[1] = head === 2 ? length : head === 4 ? 126 : 127;
  if (head === 4) target.writeUInt16BE(length, 2);
  if (head === 10) target.writeBigUInt64BE(BigInt(length), 2);
  fill(target, head);
  return target;
}
