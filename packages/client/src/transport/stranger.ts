import { connect } from "node:tls";
import { AppEnvError } from "@appenv/core";
import type { ConnectError } from "@connectrpc/connect";
import { isFlyte } from "./is-flyte.ts";
import { systemCode } from "./system-code.ts";

const tlsMs = 2_000;

/**
 * The error of a call that no Flyte backend answered: something else is at the endpoint, or it is spoken to in the wrong way.
 * Undefined for any other failure.
 */
export async function strangerError(failure: ConnectError, endpoint: string): Promise<AppEnvError | undefined> {
  return tlsError(failure, endpoint) ?? (await plainError(failure, endpoint)) ?? (await answerError(failure, endpoint));
}

/** TLS was tried, and did not come about. */
function tlsError(failure: ConnectError, endpoint: string): AppEnvError | undefined {
  if (!endpoint.startsWith("https:")) return undefined;
  if (/wrong version number|packet length too long|record layer failure/i.test(textsOf(failure))) {
    return unreachable(endpoint, "it does not speak TLS", failure, {
      fix: "Write `http://` in `admin.endpoint`, or set `admin.insecure: true`; else correct the port.",
    });
  }
  const code = systemCode(failure) ?? "";
  if (!/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/.test(code)) return undefined;
  return unreachable(endpoint, `its certificate is not accepted (${code})`, failure, {
    fix: "Name the certificate of its authority in `admin.caCertFilePath`; `admin.insecureSkipVerify: true` accepts any.",
  });
}

/** TLS was left out where it is wanted: such servers break the connection, or answer with HTTP 400. */
async function plainError(failure: ConnectError, endpoint: string): Promise<AppEnvError | undefined> {
  if (!endpoint.startsWith("http:")) return undefined;
  const isSuspect = /ECONNRESET|EPIPE|HPE_INVALID|socket hang up|Parse Error|^HTTP 400$/m.test(textsOf(failure));
  if (!isSuspect || !(await speaksTls(new URL(endpoint)))) return undefined;
  return unreachable(endpoint, "it speaks TLS only", failure, {
    fix: "Write `https://` in `admin.endpoint`, and leave out `admin.insecure`; else correct the port.",
  });
}

/** Something answered, and not in Connect's protocol. */
async function answerError(failure: ConnectError, endpoint: string): Promise<AppEnvError | undefined> {
  const [, status] = /^HTTP (\d{3})$/.exec(failure.rawMessage) ?? [];
  const [, type] = /^unsupported content type (.*)$/.exec(failure.rawMessage) ?? [];
  if (status === undefined && type === undefined) return undefined;
  // Proxies answer so in front of a Flyte backend, too.
  if (/^(401|403|429|502|503|504)$/.test(status ?? "")) return undefined;
  // A service that a backend lacks is answered by its web server.
  if (status === "404" && (await isFlyte(endpoint))) return undefined;
  const answer = answerOf(failure, status, type);
  return new AppEnvError("NOT_FLYTE", `${endpoint} is no Flyte backend: it answered ${answer}.`, { cause: failure });
}

function answerOf({ metadata }: ConnectError, status: string | undefined, type: string | undefined): string {
  const location = metadata.get("location");
  if (location !== null) return `HTTP ${status}, to ${location.slice(0, 200)}`;
  const isPage = (type ?? metadata.get("content-type") ?? "").includes("text/html");
  const what = isPage ? "a web page, such as that of a login" : type === undefined ? "" : `content of type ${type}`;
  return [status === undefined ? "" : `HTTP ${status}`, what].filter((part) => part !== "").join(", ");
}

function unreachable(endpoint: string, why: string, cause: unknown, { fix }: { readonly fix: string }): AppEnvError {
  return new AppEnvError("UNREACHABLE", `The control plane at ${endpoint} does not answer: ${why}.`, { cause, fix });
}

/** The messages and codes of an error and its causes, a line each. */
function textsOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { code } = error as { readonly code?: unknown };
  const { rawMessage = error.message } = error as { readonly rawMessage?: string };
  return [rawMessage, String(code ?? ""), textsOf(error.cause)].join("\n");
}

function speaksTls({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, "");
    const socket = connect({ host, port: Number(port || 80), rejectUnauthorized: false, timeout: tlsMs });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("secureConnect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}
