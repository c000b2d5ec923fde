import { AppEnvError } from "@appenv/core";

/** The time at which a run begins, and how long it may wait after that. */
export interface RunSchedule {
  /** Undefined: as soon as there is room. */
  readonly startAt?: Date;
  /** Time after which a run that has not begun expires, from `startAt` or from when it was accepted. */
  readonly ttlMs?: number;
}

// The annotations in which a run carries what Flyte's message has no field for.
const startAnnotation = "appenv.dev/start-at";
const delayAnnotation = "appenv.dev/delay";
const ttlAnnotation = "appenv.dev/ttl";

/** The longest delay, in milliseconds: 100 years. */
const mostMs = 36_525 * 86_400_000;

/** A schedule as annotations. @param delayMs - Counted by the platform, from when it accepts the run. */
export function toScheduleAnnotations({
  startAt,
  ttlMs,
  delayMs,
}: RunSchedule & { readonly delayMs?: number }): Record<string, string> {
  return {
    ...(startAt === undefined ? {} : { [startAnnotation]: startAt.toISOString() }),
    ...(delayMs === undefined ? {} : { [delayAnnotation]: String(delayMs) }),
    ...(ttlMs === undefined ? {} : { [ttlAnnotation]: String(ttlMs) }),
  };
}

/** The schedule that annotations state. @throws AppEnvError INVALID_OPTION. */
export function readSchedule(annotations: Readonly<Record<string, string>>): RunSchedule {
  const { [startAnnotation]: start, [ttlAnnotation]: ttl } = annotations;
  if (start === undefined && ttl === undefined) return {};
  const startAt = start === undefined ? undefined : new Date(start);
  if (startAt !== undefined && Number.isNaN(startAt.getTime())) throw unreadable(startAnnotation, start, "a date");
  return { ...(startAt && { startAt }), ...(ttl !== undefined && { ttlMs: readMs(ttlAnnotation, ttl) }) };
}

/** Annotations with the time at which a run begins, where they have a delay. @throws AppEnvError INVALID_OPTION. */
export function resolveDelay(
  annotations: Readonly<Record<string, string>>,
  now: number,
): Readonly<Record<string, string>> {
  const { [delayAnnotation]: delay, ...others } = annotations;
  if (delay === undefined) return annotations;
  return { ...others, ...toScheduleAnnotations({ startAt: new Date(now + readMs(delayAnnotation, delay)) }) };
}

function readMs(name: string, text: string): number {
  const ms = Number(text);
  if (text.trim() !== "" && Number.isFinite(ms) && ms >= 0 && ms <= mostMs) return ms;
  throw unreadable(name, text, "a number of milliseconds, at most 100 years");
}

function unreadable(name: string, text: string | undefined, allowed: string): AppEnvError {
  return new AppEnvError(
    "INVALID_OPTION",
    `The annotation ${name} is '${text?.slice(0, 60)}', but must be ${allowed}.`,
  );
}
