import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "../errors/appenv-error.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";
import { durationMs, type Duration } from "../values/duration.ts";
import { addressAfter, addressOf, locate, type Address, type Wanted } from "./address.ts";
import { addresseeHeader, isMisdirected } from "./addressee.ts";
import { findEndpoint } from "./endpoint.ts";
import { appNameOf } from "./known-apps.ts";
import { currentNotes } from "./notes.ts";
import { isKept, isPassing, mayRepeat, mostTries, pauseAfter, pauseMs, systemCode } from "./retry.ts";
import { servedHere } from "./served-here.ts";
import { inCallSpan } from "../tracing/in-call-span.ts";

/** Options of a call of an app: those of `fetch`, a time limit, and retries. */
export interface AppFetchInit extends RequestInit {
  /** Time limit until the response begins, all attempts together; reading its body has no limit. Default 30 seconds; 0: no limit. */
  readonly timeout?: Duration;
  /** Retries a call after a temporary failure if its method and its body allow it. Default true. */
  readonly retry?: boolean;
}

/** The options of `fetch`, with the ones that Node adds to the standard. */
const names: OptionNames<AppFetchInit> & { readonly priority: true } = {
  body: true,
  cache: true,
  credentials: true,
  dispatcher: true,
  duplex: true,
  headers: true,
  integrity: true,
  keepalive: true,
  method: true,
  mode: true,
  priority: true,
  redirect: true,
  referrer: true,
  referrerPolicy: true,
  retry: true,
  signal: true,
  timeout: true,
  window: true,
};

/** One call of an app, with all its attempts. */
interface Call extends Wanted {
  readonly method: string;
  readonly init: RequestInit;
  readonly path: string | URL;
  readonly repeatable: boolean;
}

/** In seconds. */
const defaultTimeout = 30;

/** Stands for the address of an app that is reached without one. */
const inProcess = "http://app.test";

/** See `AppEnvironment.fetch`. */
export async function callApp(
  environment: { readonly name: string },
  path: string | URL,
  init: AppFetchInit = {},
): Promise<Response> {
  checkOptions(init, `a call of '${environment.name}'`, names);
  const { timeout = defaultTimeout, retry = true, ...rest } = init;
  const limitMs = durationMs(timeout, "timeout");
  const method = (rest.method ?? "GET").toUpperCase();
  const stop = new AbortController();
  const timer = limitMs === 0 ? undefined : setTimeout(() => stop.abort(), limitMs);
  const signals = [stop.signal, ...(rest.signal ? [rest.signal] : [])];
  const signal = AbortSignal.any(signals);
  const repeatable = retry && mayRepeat(method, rest.body);
  const resendable = retry && isKept(rest.body);
  const endsAt = limitMs === 0 ? Number.POSITIVE_INFINITY : performance.now() + limitMs;
  const call = { environment, method, init: { ...rest, method, signal }, path, repeatable, resendable, endsAt };
  try {
    const response = await sendUntilAnswered(call, signal);
    count(call, response.status >= 500);
    return response;
  } catch (error) {
    // A caller that went away says nothing about the app.
    count(call, rest.signal?.aborted !== true);
    if (rest.signal?.aborted === true) throw rest.signal.reason;
    if (stop.signal.aborted) throw failed(call, `it did not answer within ${limitMs / 1_000} s`, error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Tells the platform of the call, with the load of this process. */
function count({ environment }: Call, hasFailed: boolean): void {
  currentNotes()?.countCall({ kind: "app", name: appNameOf(environment.name) }, hasFailed);
}

/** Separates the errors of an attempt from its answers. */
class Failure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

async function sendUntilAnswered(call: Call, signal: AbortSignal): Promise<Response> {
  let address = await addressOf(call);
  for (let tries = 1; ; tries += 1) {
    const last = !call.repeatable || tries >= mostTries;
    const result = await send(call, address, tries).catch((error: unknown) => new Failure(error));
    if (!(result instanceof Failure) && isMisdirected(result)) {
      address = await locateAnew(call, address, result);
      if (tries < mostTries) continue;
      throw failed(call, "another app answers there", undefined, address.endpoint);
    }
    if (!(result instanceof Failure)) {
      const pause = last ? undefined : pauseAfter(result, tries);
      // An answer whose Retry-After is past the deadline is final.
      if (pause === undefined || performance.now() + pause >= call.endsAt) return result;
      await result.body?.cancel();
      await sleep(pause, undefined, { signal });
      continue;
    }
    const { error } = result;
    if (signal.aborted || AppEnvError.is(error)) throw error;
    const refused = systemCode(error) === "ECONNREFUSED";
    const again = refused ? call.resendable && tries < mostTries : !last && isPassing(error);
    if (!again) throw failed(call, reasonOf(error), error, address.endpoint);
    await sleep(pauseMs(tries), undefined, { signal });
    if (refused) address = await addressAfter(call, address, signal);
  }
}

/** One try. @param tries - From 1. */
function send(call: Call, { endpoint, token }: Address, tries: number): Promise<Response> {
  const served = servedHere(call.environment);
  const target = urlOf(call, endpoint ?? inProcess);
  const app = appNameOf(call.environment.name);
  return inCallSpan({ app, method: call.method, target, tries }, async (addTrace) => {
    const headers = new Headers(call.init.headers);
    if (!headers.has("authorization") && !headers.has("x-api-key")) {
      const own = await token();
      if (own !== undefined) headers.set("authorization", `Bearer ${own}`);
    }
    headers.set(addresseeHeader, served?.app ?? app);
    addTrace(headers);
    // A body that streams needs to say so; fetch has no other mode.
    const init = { duplex: "half", ...call.init, headers } as RequestInit;
    return served?.fetch === undefined ? fetch(target, init) : served.fetch(target, init);
  });
}

/** A path of the app, or a whole URL that must be the app's: credentials are for nobody else. */
function urlOf(call: Call, endpoint: string): string {
  const text = String(call.path);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return `${endpoint}${text.startsWith("/") ? "" : "/"}${text}`;
  if (URL.canParse(text) && new URL(text).origin === new URL(endpoint).origin) return text;
  throw new AppEnvError("CALL_FAILED", `${text} is not at '${call.environment.name}', which answers at ${endpoint}.`, {
    fix: "Give a path such as '/greeting/Ada', or call another server with the global `fetch`.",
  });
}

/** Nothing of the call was done, so it may be made again with any method, if its body is still there. */
async function locateAnew(call: Call, before: Address, misdirected: Response): Promise<Address> {
  await misdirected.body?.cancel();
  const found = isKept(call.init.body) ? await locate(call) : before;
  if (found.endpoint !== before.endpoint) return found;
  throw failed(call, "another app answers there", undefined, before.endpoint);
}

function failed(call: Call, reason: string, cause: unknown, endpoint = findEndpoint(call.environment)): AppEnvError {
  const { method, path, environment } = call;
  const target = urlOf(call, endpoint ?? inProcess);
  return new AppEnvError(
    "CALL_FAILED",
    `${method} ${endpoint === undefined ? path : target} of '${environment.name}' failed: ${reason}.`,
    {
      cause,
    },
  );
}

function reasonOf(error: unknown): string {
  const code = systemCode(error);
  if (code === "ECONNREFUSED") return "nothing listens there (ECONNREFUSED)";
  const text = error instanceof Error ? error.message : String(error);
  return code === undefined ? text : `${text} (${code})`;
}
