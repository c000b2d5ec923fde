import { ProblemError } from "../../http/problem.ts";

/**
 * The address of a path at an app. Whatever could lead to another place than below the app's own endpoint is refused:
 * whole addresses, `..` however it is written, backslashes and control characters.
 *
 * @throws ProblemError 400; 502 if the app has no address.
 */
export function targetUrl(endpoint: string, path: string, params: unknown): URL {
  if (!URL.canParse(endpoint)) throw new ProblemError(502, "TARGET_FAILED", "The app has no address now.");
  const base = new URL(endpoint);
  const root = base.pathname.replace(/\/$/, "");
  const place = decoded(path.split(/[?#]/, 1)[0] ?? "");
  if (isUnsafe(path) || isUnsafe(place) || place.split("/").some((segment) => segment === "." || segment === "..")) {
    throw refused();
  }
  const relative = path.replace(/^\/+/, "");
  if (/^[a-z][a-z0-9+.-]*:/i.test(relative) || path.startsWith("//")) throw refused();
  const url = new URL(`${base.origin}${root}/${relative}`);
  url.hash = "";
  for (const [name, value] of paramsOf(params)) url.searchParams.append(name, value);
  if (url.origin !== base.origin || !url.pathname.startsWith(`${root}/`)) throw refused();
  return url;
}

/** As a server could read it that decodes more than once. */
function decoded(path: string): string {
  let text = path;
  for (let count = 0; count < 5; count += 1) {
    const next = decodeOnce(text);
    if (next === text) return text;
    text = next;
  }
  throw refused();
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused();
  }
}

function isUnsafe(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- They are what is looked for.
  return /[\u0000-\u001f\u007f\\]/.test(text);
}

function paramsOf(params: unknown): readonly (readonly [string, string])[] {
  if (params === undefined || params === null) return [];
  if (typeof params !== "object" || Array.isArray(params)) {
    throw new ProblemError(400, "INVALID_INPUT", "query_params must be an object.");
  }
  return Object.entries(params).flatMap(([name, value]) =>
    [value].flat().map((item) => [name, typeof item === "object" ? JSON.stringify(item) : String(item)] as const),
  );
}

function refused(): ProblemError {
  return new ProblemError(400, "INVALID_PATH", "path must be a plain path of the app, such as /greeting/Ada.");
}
