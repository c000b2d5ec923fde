import { createServer, type Server, type ServerResponse } from "node:http";
import { AppEnvError } from "@appenv/core";

/** The place to which a browser brings the answer of a login. */
export interface Callback {
  /** Resolves with the parameters of the request that has this login's state; others are refused and change nothing. */
  readonly received: Promise<URLSearchParams>;
  close(): void;
}

/**
 * Listens at a redirect URI, which must be on this machine.
 *
 * @throws AppEnvError UNSUPPORTED for another URI, PORT_IN_USE.
 */
export async function listenForCallback(redirectUri: string, state: string): Promise<Callback> {
  const uri = readUri(redirectUri);
  const { promise: received, resolve } = Promise.withResolvers<URLSearchParams>();
  const handle = (url: string, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(url, uri);
    if (pathname !== uri.pathname) return answer(response, 404, "There is nothing here.");
    if (searchParams.get("state") !== state)
      return answer(response, 400, "This is not the answer to a login that goes on.");
    // After the page has left, since the process may end right away.
    response.once("close", () => resolve(searchParams));
    answer(response, 200, searchParams.has("error") ? "The login was refused." : "Your answer has arrived.");
  };
  const servers = await Promise.all(hostsOf(uri).map((host) => listen(host, Number(uri.port || 80), handle)));
  return { received, close: () => servers.forEach(end) };
}

/** Browsers open connections that they may need, and keep them. */
function end(server: Server | undefined): void {
  server?.close();
  server?.closeAllConnections();
}

function readUri(redirectUri: string): URL {
  const uri = URL.parse(redirectUri);
  if (uri?.protocol === "http:" && hostsOf(uri).length > 0) return uri;
  throw new AppEnvError(
    "UNSUPPORTED",
    `The control plane sends browsers to '${redirectUri}', which is not on this machine.`,
    {
      fix: "Log in with `appenv login --auth-type DeviceFlow`.",
    },
  );
}

/** A browser may take either for localhost. */
function hostsOf({ hostname }: URL): readonly string[] {
  if (hostname === "localhost") return ["127.0.0.1", "::1"];
  return hostname === "127.0.0.1" ? [hostname] : hostname === "[::1]" ? ["::1"] : [];
}

async function listen(
  host: string,
  port: number,
  handle: (url: string, response: ServerResponse) => void,
): Promise<Server | undefined> {
  const server = createServer((request, response) => handle(request.url ?? "/", response));
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host, exclusive: true }, resolve);
    });
    return server;
  } catch (error) {
    // A machine without IPv6.
    if (host === "::1" && (error as NodeJS.ErrnoException).code !== "EADDRINUSE") return undefined;
    throw new AppEnvError(
      "PORT_IN_USE",
      `The answer of the login comes to port ${port}, which cannot be listened on.`,
      {
        fix: "End the other login or whatever has the port, or log in with `appenv login --auth-type DeviceFlow`.",
        cause: error,
      },
    );
  }
}

/** Shows nothing of the request, and is no page that another can use. */
function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(
    `<!doctype html><title>AppEnv</title><p>${text} You can close this page and go back to the terminal.</p>`,
  );
}
