import { AppEnvError, type AppFetchInit } from "@appenv/core";
import { callApp } from "@appenv/core/internal";

/** An operation of an app as `appenv gen client` writes it down; it exists as a type alone. */
export interface AppRoute {
  /** The values of the placeholders of its path. */
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
  /** Sent as JSON, or as it is if it is a body of `fetch`. */
  readonly body?: unknown;
  /** The body of a successful answer: a value if it is JSON, a string if it is text, else the `Response` itself. */
  readonly response: unknown;
}

/** The parts of an operation that its caller gives. */
export type RequestOf<Route> = Omit<Route, "response"> & Pick<AppFetchInit, "signal" | "timeout" | "retry">;

type Given<Route> = {} extends RequestOf<Route> ? [request?: RequestOf<Route>] : [request: RequestOf<Route>];

/** The body of a successful answer. */
type ResponseOf<Route> = Route extends { readonly response: infer Body } ? Body : never;

/**
 * Calls the operations of an app, with the types of its OpenAPI document. Finds the app, its credentials and retries as
 * `AppEnvironment.fetch` does.
 *
 * `Routes`: operations by method and path, as `"GET /items/{id}"`, from a file that `appenv gen client` wrote.
 *
 * @example
 * const items = new AppClient<ItemsRoutes>("items");
 * const item = await items.request("GET /items/{id}", { path: { id: 7 } });
 */
export class AppClient<Routes> {
  /** The app's name on the control plane. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /**
   * Sends a request, and resolves with the body of the answer.
   *
   * @throws AppEnvError NOT_FOUND, UNREACHABLE, NO_ENDPOINT; CALL_FAILED if there is no answer, or one with an error, whose
   * body is in the message.
   */
  async request<Key extends keyof Routes & string>(
    route: Key,
    ...[request]: Given<Routes[Key]>
  ): Promise<ResponseOf<Routes[Key]>> {
    const {
      path = {},
      query = {},
      headers = {},
      body,
      ...init
    } = (request ?? {}) as Omit<AppRoute, "response"> & Pick<AppFetchInit, "signal" | "timeout" | "retry">;
    const space = route.indexOf(" ");
    const response = await callApp({ name: this.name }, placed(route.slice(space + 1), path) + queryOf(query), {
      ...init,
      method: route.slice(0, space),
      ...sent(headers, body),
    });
    if (!response.ok) throw await refused(this.name, route, response);
    return (await read(response)) as ResponseOf<Routes[Key]>;
  }
}

/** A path with the values of its placeholders. @throws AppEnvError INVALID_INPUT if one is missing. */
function placed(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value !== undefined) return encodeURIComponent(String(value));
    throw new AppEnvError("INVALID_INPUT", `The path ${template} needs a value for '${name}'.`);
  });
}

/** A list is written as its name once for each item, as OpenAPI does by default. */
function queryOf(query: Readonly<Record<string, unknown>>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) if (each !== undefined && each !== null) pairs.append(name, String(each));
  }
  return pairs.size === 0 ? "" : `?${String(pairs)}`;
}

function sent(given: Readonly<Record<string, unknown>>, body: unknown): Pick<RequestInit, "headers" | "body"> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) if (value !== undefined) headers.set(name, String(value));
  if (body === undefined) return { headers };
  if (isBody(body)) return { headers, body };
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return { headers, body: JSON.stringify(body) };
}

/** True for what `fetch` sends as it is. A string is not: it may be a JSON value. */
function isBody(body: unknown): body is Exclude<RequestInit["body"], null | undefined | string> {
  return (
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams ||
    body instanceof ReadableStream ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  );
}

async function read(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 204 || response.status === 205) return undefined;
  if (isJson(type)) return response.json();
  return type.startsWith("text/") && !type.startsWith("text/event-stream") ? response.text() : response;
}

function isJson(type: string): boolean {
  return /^application\/([^;]+\+)?json\b/.test(type);
}

/** As many characters of an answer's body are quoted. */
const quoted = 500;

async function refused(name: string, route: string, response: Response): Promise<AppEnvError> {
  const body = (await response.text().catch(() => "")).trim();
  return new AppEnvError(
    "CALL_FAILED",
    `'${name}' answered ${route} with ${response.status}${body === "" ? "." : `: ${body.slice(0, quoted)}`}`,
    { fix: "Send what the app's documentation asks for: it is at /docs of the app's endpoint." },
  );
}
