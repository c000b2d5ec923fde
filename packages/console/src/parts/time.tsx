import type { JSX } from "preact";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { now } from "../live/clock.ts";

/** A moment of a message, in milliseconds since 1970. */
export function msOf(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : Number(time.seconds) * 1_000 + time.nanos / 1_000_000;
}

/** A moment, relative to now; the exact one when it is pointed at. */
export function Ago({ at }: { readonly at: number | undefined }): JSX.Element | null {
  if (at === undefined) return null;
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at)}>
      {relative(at - now.value)}
    </time>
  );
}

/** The time that something took or has taken so far. */
export function Took({
  from,
  to,
}: {
  readonly from: number | undefined;
  readonly to: number | undefined;
}): JSX.Element {
  if (from === undefined) return <span />;
  return <span class="number">{duration((to ?? Math.max(now.value, from)) - from)}</span>;
}

/** A moment in full, in the reader's own zone. */
export function exact(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}

const words = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const steps = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

function relative(ms: number): string {
  for (const [unit, length] of steps) {
    if (Math.abs(ms) >= length) return words.format(Math.trunc(ms / length), unit);
  }
  return "now";
}

/** A length of time for people. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
