import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { latencyBuckets } from "@appenv/runtime/ipc";
import type { LoadPoint } from "./load-point.ts";

// A point on disk is a row of numbers of variable length: the steps since the point before, which of the fields are not zero,
// and these. A second of an idle replica takes about 8 bytes, one under load about 60.

const fields = ["requests", "busyMs", "cpuMs", "sockets", "connections", "replicas", "memoryKib"] as const;
/** The classes of responses, after the fields. */
const classes = 6;
const hasLatency = 1 << (fields.length + classes);
const hasAnsweredMs = hasLatency << 1;
const mostStored = 2 ** 32 - 1;

/** Writes a point. @param steps - Steps since the point before it. */
export function encodePoint(point: LoadPoint, steps: number): Uint8Array {
  const values = [...fields.map((name) => point[name]), ...Array.from({ length: classes }, responsesOf(point))];
  const latency = point.latency.flatMap((count, bucket) => (count > 0 ? [bucket, count] : []));
  const marks = (latency.length > 0 ? hasLatency : 0) | (point.answeredMs > 0 ? hasAnsweredMs : 0);
  const mask = values.reduce((bits, value, index) => (value > 0 ? bits | (1 << index) : bits), marks);
  const writer = new BinaryWriter().uint32(steps).uint32(mask);
  for (const value of values) if (value > 0) writer.uint32(Math.min(value, mostStored));
  if (latency.length > 0) writer.uint32(latency.length / 2);
  for (const value of latency) writer.uint32(Math.min(value, mostStored));
  if (point.answeredMs > 0) writer.uint32(Math.min(point.answeredMs, mostStored));
  return writer.finish();
}

function responsesOf({ responses }: LoadPoint): (_: unknown, index: number) => number {
  return (_, index) => responses[index] ?? 0;
}

/** Reads points; of bytes that the disk has garbled those before. @param start - The begin of the first one, in seconds since 1970. @param step - In seconds. */
export function decodePoints(bytes: Uint8Array, start: number, step: number): readonly LoadPoint[] {
  const reader = new BinaryReader(bytes);
  const points: LoadPoint[] = [];
  try {
    for (let at = start; reader.pos < reader.len;) {
      at += reader.uint32() * step;
      points.push(readPoint(reader, at));
    }
  } catch {
    // The reader was asked for bytes that are not there.
  }
  return points;
}

function readPoint(reader: BinaryReader, at: number): LoadPoint {
  const mask = reader.uint32();
  const read = (bit: number): number => ((mask & (1 << bit)) === 0 ? 0 : reader.uint32());
  // In the order in which they are written.
  return {
    at,
    requests: read(0),
    busyMs: read(1),
    cpuMs: read(2),
    sockets: read(3),
    connections: read(4),
    replicas: read(5),
    memoryKib: read(6),
    responses: [read(7), read(8), read(9), read(10), read(11), read(12)],
    latency: (mask & hasLatency) === 0 ? [] : readLatency(reader),
    answeredMs: (mask & hasAnsweredMs) === 0 ? 0 : reader.uint32(),
  };
}

const noLatency: readonly number[] = Array.from({ length: latencyBuckets }, () => 0);

function readLatency(reader: BinaryReader): readonly number[] {
  const latency = [...noLatency];
  for (let left = reader.uint32(); left > 0; left -= 1) latency[reader.uint32()] = reader.uint32();
  return latency;
}
