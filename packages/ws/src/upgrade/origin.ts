import type { IncomingMessage } from "node:http";
import type { Settings } from "../router/settings.ts";
import { refusal, type Refusal } from "./refusal.ts";

/** Maximum number of refused origins of a route that are said on stderr: a client can make up any number. */
const mostSaid = 10;
const said = new WeakMap<Settings, Set<string>>();

/** A refusal if a page may not connect. Browsers always name the page that asks; a client without `Origin` is no browser. */
export function refuseOrigin(request: IncomingMessage, path: string, settings: Settings): Refusal | undefined {
  const { origin, host = "" } = request.headers;
  const { origins } = settings;
  if (origin === undefined || origins === "any") return undefined;
  const isAllowed = origins === "same" ? hostOf(origin) === host.toLowerCase() : origins.has(origin);
  if (isAllowed) return undefined;
  // The list is the app's own matter; the sender knows both headers.
  const taken = origins === "same" ? `the host it is reached at, which here is ${show(host)}` : "its own list";
  const detail = `Pages of the origin ${show(origin)} may not connect to this socket; it takes those of ${taken}.`;
  say(settings, origin, () => `${path} refused a page of ${show(origin)}: it takes ${allowed(origins, host)}.`);
  return refusal(403, "ORIGIN_NOT_ALLOWED", detail);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function allowed(origins: Settings["origins"], host: string): string {
  if (typeof origins !== "string") return `${[...origins].join(", ") || "none"}. Add it to \`origins\` if it is yours`;
  const behind = "A proxy in front of the app must pass the header Host on; or name the origin in `origins`";
  return `pages of its own host, and the request's header Host is ${show(host)}. ${behind}`;
}

function say(settings: Settings, origin: string, line: () => string): void {
  const known = said.get(settings) ?? new Set();
  said.set(settings, known);
  if (known.has(origin) || known.size >= mostSaid) return;
  known.add(origin);
  process.stderr.write(`${line()}\n`);
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
