import { trace, type Traced } from "./trace.ts";

/**
 * The time, as it was when this was first called here in the run: an action that runs again is given the same. Outside a run
 * it is the time now. Source: Flyte's `durable.now`.
 *
 * @example
 * const deadline = new Date((await now()).getTime() + 3_600_000);
 */
export const now: Traced<readonly [], Date> = trace("now", () => new Date());

/** A random number from 0 up to 1, as `Math.random` gives it: the same when its action runs again. */
export const random: Traced<readonly [], number> = trace("random", () => Math.random());

/** A random UUID (version 4): the same when its action runs again. */
export const uuid: Traced<readonly [], string> = trace("uuid", () => crypto.randomUUID());
