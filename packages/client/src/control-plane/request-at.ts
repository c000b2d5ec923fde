import { request } from "node:http";
import { fetchWithin, lateAnswer, type FetchLimits } from "@appenv/core/internal";

/** A plain HTTP request to a control plane, beside its calls. */
export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Begins the endpoint of a platform that listens on a Unix socket: `unix:/home/ada/shop/.appenv/run/api.sock`. */
const unix = "unix:";

/** The path of the Unix socket that an endpoint names; undefined for a URL. */
export function socketOf(endpoint: string): string | undefined {
  return endpoint.startsWith(unix) ? endpoint.slice(unix.length) : undefined;
}

/** The base URL of requests to an endpoint: by a Unix socket the host has no meaning. */
export function baseUrlOf(endpoint: string): string {
  return socketOf(endpoint) === undefined ? endpoint : "http://localhost";
}

/** Tells whether an endpoint is on this machine, so that nobody else reads what is sent there. */
export function isLoopback(endpoint: string): boolean {
  return (
    socketOf(endpoint) !== undefined || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(endpoint).hostname)
  );
}

/** A request to a control plane, also by its Unix socket. The path may be a whole URL of it. */
export async function requestAt(
  endpoint: string,
  path: string,
  init: PlainRequest = {},
  limits: FetchLimits = {},
): Promise<Response> {
  const socketPath = socketOf(endpoint);
  const url = new URL(path, baseUrlOf(endpoint));
  if (socketPath === undefined) return fetchWithin(url, init, limits);
  const { bytes = 2 ** 20, ms = 10_000 } = limits;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ms);
    const { method = "GET", headers = {} } = init;
    const sent = request(url, { socketPath, method, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length > bytes) sent.destroy(new Error(`${endpoint} answered with more than ${bytes} bytes`));
        else chunks.push(chunk);
      });
      response.once("error", reject);
      response.once("end", () => {
        const body = length === 0 ? null : new Uint8Array(Buffer.concat(chunks));
        const answered = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        resolve(new Response(body, { status: response.statusCode ?? 500, headers: answered }));
      });
    });
    sent.once("error", (error) => reject(signal.aborted ? lateAnswer(endpoint, ms, error) : error));
    sent.end(init.body);
  });
}
