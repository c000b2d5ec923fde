import { useCallback, useEffect, useRef, useState } from "react";
import { requestOptions, type FollowOptions } from "./follow-options.ts";
import type { ShownRun } from "@appenv-internal/http/shown-run";
import { useRun, type FollowedRun } from "./use-run.ts";

/** As much of a task as its type tells: `typeof addOne`. */
type AnyTask = (input: never, ...rest: never[]) => Promise<unknown>;
type InputOf<Task extends AnyTask> = Parameters<Task>[0];
type OutputOf<Task extends AnyTask> = Awaited<ReturnType<Task>>;

/** Options of a start. */
export interface TaskStart {
  /** Two starts with one key are one run. Default: each start is a run. */
  readonly idempotencyKey?: string;
}

/** A task that is started from a page. */
export interface UsedTask<Task extends AnyTask> extends Omit<FollowedRun<OutputOf<Task>>, "status"> {
  /** Of the latest start: `idle` before the first one, `starting` until the app has accepted it. */
  readonly status: FollowedRun["status"] | "starting";
  /** Starts a run, which is followed from then on. @throws Error if the app refuses it; `error` has it too. */
  readonly start: (input: InputOf<Task>, options?: TaskStart) => Promise<string>;
  /** Aborts the run. Without effect if it has ended, or none was started. */
  readonly abort: () => Promise<void>;
  /** The URL of the run, for `useStream` and to come back to it later with `useRun`. Undefined before the first start. */
  readonly runUrl: string | undefined;
}

/**
 * Starts a task that an app exposes (`exposeTask` of `@appenv/webhooks`), and follows its run.
 *
 * @param path - The URL of the task, for example `/add-one`.
 * @example
 * const { start, run } = useTask<typeof addOne>("/add-one");
 */
export function useTask<Task extends AnyTask>(path: string, options: FollowOptions = {}): UsedTask<Task> {
  const [started, setStarted] = useState<Started>(nothing);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const start = useCallback(
    async (input: InputOf<Task>, { idempotencyKey }: TaskStart = {}): Promise<string> => {
      setStarted({ ...nothing, isStarting: true });
      try {
        const key: Record<string, string> = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
        const { name } = await post(path, input, latest.current, key);
        const runUrl = `${path}/${name}`;
        setStarted({ ...nothing, runUrl });
        return runUrl;
      } catch (error) {
        setStarted({ ...nothing, error: error as Error });
        throw error;
      }
    },
    [path],
  );
  const { runUrl } = started;
  const abort = useCallback(async (): Promise<void> => {
    if (runUrl !== undefined) await fetch(runUrl, { method: "DELETE", ...requestOptions(latest.current) });
  }, [runUrl]);
  const followed = useRun<OutputOf<Task>>(runUrl, options);
  const status = started.isStarting ? "starting" : started.error === undefined ? followed.status : "failed";
  return { ...followed, status, error: started.error ?? followed.error, start, abort, runUrl };
}

interface Started {
  readonly runUrl: string | undefined;
  readonly isStarting: boolean;
  readonly error: Error | undefined;
}

const nothing: Started = { runUrl: undefined, isStarting: false, error: undefined };

async function post(
  path: string,
  input: unknown,
  options: FollowOptions,
  key: Readonly<Record<string, string>>,
): Promise<ShownRun> {
  const { headers, credentials } = requestOptions(options);
  const response = await fetch(path, {
    method: "POST",
    headers: { ...headers, ...key, "content-type": "application/json" },
    credentials,
    body: JSON.stringify(input ?? {}),
  });
  if (response.ok) return (await response.json()) as ShownRun;
  const { detail = `${path} answered ${response.status}.` } = (await response.json().catch(() => ({}))) as {
    detail?: string;
  };
  throw new Error(detail);
}
