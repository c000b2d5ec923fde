import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { AppEnvError } from "@appenv/core";
import { Code, ConnectError } from "@connectrpc/connect";
import { answerPath } from "./answer/condition-links.ts";
import { checkLimitedAccess, isAdmitted, type AccessRules, type Refusal } from "./access/check-access.ts";
import { proofOf } from "./access/owner-token.ts";
import { takePathToken } from "./access/path-token.ts";
import { admit, type Principal } from "./access/principal.ts";
import { platformVersion } from "./version.ts";
import { isConsolePath, type ConsoleHandler } from "./pages/console.ts";
import type { TasksApi } from "./tasks-api.ts";
import type { TokenIssuer } from "../secrets/tokens/token-issuer.ts";
import type { ApiListeners } from "./rpc/api-server.ts";
import { isCall, sendRefusal } from "./rpc/answer-error.ts";
import { handleToken, tokenPath } from "./access/token-handler.ts";
import { handleSession, sessionPath, type SignIn } from "./access/session/session-handler.ts";
import { refuseUpgrade } from "@appenv-internal/http/event-socket";
import { answerPreflight, handleLive, isLivePath, isPreflight } from "./stream/live-handler.ts";
import { overHttp, overSocket } from "./stream/live-request.ts";
import { handleUpload } from "./uploads/upload-handler.ts";
import { scrapePath, type Scrape } from "../prometheus/scrape.ts";
import { textType } from "../prometheus/text.ts";
import type { UploadUrls } from "./uploads/upload-urls.ts";
import { inBackground } from "@appenv/core/internal";
import { ignoredOptions } from "./ignored-options.ts";

/** The parts of the API that requests are given to. */
export interface ApiRoutes {
  readonly home: string;
  readonly access: AccessRules;
  /** The token of the platform's owner. */
  readonly ownerToken: string;
  readonly rpc: RequestListener;
  readonly tokens: TokenIssuer | undefined;
  /** Signs browsers in. */
  readonly signIn: SignIn;
  readonly console: ConsoleHandler;
  /** The page for Prometheus. */
  readonly metrics: Scrape;
  /** Loaded when the first request needs it. */
  readonly tasks: () => Promise<TasksApi>;
  readonly uploads: UploadUrls;
}

/** The service that says how to sign in; it is asked before anyone has. */
const authMetadataPath = "/flyteidl2.auth.AuthMetadataService/";

/** The way of every request and upgrade: checks that it is allowed, and gives it to the part that answers it. */
export function createApi(routes: ApiRoutes): ApiListeners {
  return {
    request: (request, response) => {
      // A client that is gone is no error of the platform.
      response.on("error", () => {});
      takePathToken(request);
      try {
        route(request, response, routes);
      } catch {
        if (!response.headersSent) sendText(response, 400, "The request cannot be read.");
        else response.destroy();
      }
    },
    upgrade: (request, socket, head) => {
      takePathToken(request);
      try {
        if (isLivePath(request.url ?? "")) handleLive(overSocket({ request, socket, head }), routes);
        else refuseUpgrade(socket, 404, "NOT_FOUND", "There is no WebSocket at this path.");
      } catch {
        refuseUpgrade(socket, 400, "BAD_UPGRADE", "The request cannot be read.");
      }
    },
  };
}

function route(request: IncomingMessage, response: ServerResponse, routes: ApiRoutes): void {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const reads = request.method === "GET" || request.method === "HEAD";
  if (reads && (path === "/healthz" || path === "/readyz")) return sendHealth(request, response, routes, query);
  if (isLivePath(path)) {
    if (request.method === "GET") return handleLive(overHttp(request, response), routes);
    if (isPreflight(request)) return answerPreflight(request, response, routes.access);
  }
  const isPage = reads && isConsolePath(path);
  const access = checkLimitedAccess(request, isPage ? "page" : "call", routes.access, routes.signIn.keyLimit);
  // A signed URL is all that its user needs: clients send no key with downloads and uploads.
  const isDownload = reads && path.startsWith("/download/");
  const isUpload = request.method === "PUT" && path.startsWith("/upload/");
  // So is the link that answers a condition, for the person who was sent it.
  const isAnswer = path.startsWith(answerPath) && (reads || request.method === "POST");
  const isSession = path === sessionPath;
  // The files of the console are the same for everybody: what it shows comes with calls, which need a credential. So that
  // people can get one, they sign in without.
  const isOpen = isDownload || isUpload || isAnswer || isPage || isSession || path.startsWith(authMetadataPath);
  if (isAdmitted(access)) {
    // The pages are for people.
    if (access.kind === "app" && (isPage || path === scrapePath)) return refuse(request, response, pagesAreForPeople);
    if (access.kind === "viewer" && path === tokenPath) return refuse(request, response, viewersRead);
    const by = access.kind === "app" ? undefined : access.by;
    const ended = by === undefined ? {} : { ended: routes.signIn.openRequests.add(response, by) };
    admit(request, { principal: access, secure: isSecure(request, routes.access), ...ended });
  } else if (!(isOpen && access.status === 401)) return refuse(request, response, access);
  if (isSession) {
    const caller = { principal: isAdmitted(access) ? access : undefined, secure: isSecure(request, routes.access) };
    return inBackground("A session failed", handleSession(request, response, routes.signIn, caller));
  }
  if (isDownload)
    return withTasks(response, routes, (tasks) => tasks.download(path.slice("/download/".length), response));
  if (isAnswer) {
    const token = path.slice(answerPath.length);
    return withTasks(response, routes, (tasks) => tasks.answer(token, request, response));
  }
  if (isPage) return routes.console(path, request, response);
  if (reads && path === scrapePath) return sendMetrics(response, routes.metrics);
  if (path === tokenPath && request.method === "POST")
    return inBackground(
      "A token could not be given",
      handleToken(request, response, routes.tokens, access as Principal),
    );
  if (path.startsWith("/upload/")) {
    return inBackground(
      "An upload failed",
      handleUpload(request, response, routes.uploads, path.slice("/upload/".length)),
    );
  }
  return routes.rpc(request, response);
}

function withTasks(
  response: ServerResponse,
  { tasks }: ApiRoutes,
  answer: (tasks: TasksApi) => void | Promise<void>,
): void {
  tasks()
    .then(answer)
    .catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      const passes = AppEnvError.is(error, "DISK_FULL");
      if (passes) response.setHeader("retry-after", "30");
      sendText(response, passes ? 503 : 500, error instanceof Error ? error.message : "Tasks cannot be opened.");
    });
}

/**
 * Open to everyone, so that any client can look for a platform; the place of its state is for its owner only. To a caller
 * with the owner's token it proves that no stranger has taken the port; then there is no need to find out who
 * asks, which costs milliseconds (see `isOwnUser`).
 */
function sendHealth(request: IncomingMessage, response: ServerResponse, routes: ApiRoutes, query: string): void {
  const { home, access, ownerToken, signIn } = routes;
  const challenge = new URLSearchParams(query).get("challenge") ?? "";
  const about = { status: "ok", platform: "appenv", version: platformVersion(), ignoredOptions };
  const more = (): object => {
    if (/^[\w-]{16,64}$/.test(challenge)) return { proof: proofOf(ownerToken, challenge) };
    return isAdmitted(checkLimitedAccess(request, "page", access, signIn.keyLimit)) ? { home, pid: process.pid } : {};
  };
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify({ ...about, ...more() })}\n`);
}

function sendMetrics(response: ServerResponse, metrics: Scrape): void {
  metrics.text().then(
    (text) => response.writeHead(200, { "content-type": textType, "cache-control": "no-store" }).end(text),
    (error: unknown) => sendText(response, 500, error instanceof Error ? error.message : "The metrics cannot be read."),
  );
}

const pagesAreForPeople: Refusal = { status: 403, message: "The token of an app opens no pages." };

const viewersRead: Refusal = { status: 403, message: "A viewer's key changes nothing, and calls no app." };

/** Tells whether the caller has reached a proxy with TLS. Without a proxy anybody could claim so. */
function isSecure({ headers }: IncomingMessage, { behindProxy = false }: AccessRules): boolean {
  return behindProxy && headers["x-forwarded-proto"] === "https";
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, message, retryAfter }: Refusal): void {
  if (retryAfter !== undefined) response.setHeader("retry-after", String(retryAfter));
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  if (!isCall(request)) return sendText(response, status, message);
  // Clients of gRPC read the status of an answer that is not their protocol's.
  const code = { 401: Code.Unauthenticated, 403: Code.PermissionDenied, 429: Code.ResourceExhausted }[status];
  sendRefusal(response, status, new ConnectError(message, code));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
