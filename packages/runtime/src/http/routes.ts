import type { IncomingMessage, ServerResponse } from "node:http";
import type { AppHost, Health, HostExtension } from "@appenv/core";
import type { Docs } from "./docs/index.ts";
import { answerHealth } from "./health/health-route.ts";
import type { Readiness } from "./health/readiness.ts";
import { ticketPath } from "./auth/ticket-protocol.ts";

/** The parts of an app that the ingress's own answers are made of. */
export interface OwnRoutesOptions {
  readonly name: string;
  readonly description: string | undefined;
  readonly requiresAuth: boolean;
  readonly host: AppHost;
  readonly extensions: readonly HostExtension[];
  readonly health: Health;
  readonly readiness: Readiness;
}

/** The kind of path that a request asks for. */
export type RouteKind = "app" | "app-health" | "health" | "docs" | "ticket";

/** Health, docs and tickets, beside the app's routes. The app's own routes win, but below `/.appenv/`. */
export class OwnRoutes {
  readonly #options: OwnRoutesOptions;
  readonly #healthIsApps: boolean;
  readonly #hasDocs: boolean;
  readonly #hasOpenapi: boolean;
  /** The pages about sockets that are not the app's own: `/asyncapi.json`, `/sockets`. */
  readonly #socketDocs: readonly string[];
  #docs: Promise<Docs> | undefined;

  /** To be made when the host has started: it knows its routes then. */
  constructor(options: OwnRoutesOptions) {
    const { host, extensions, health } = options;
    const parts = [host, ...extensions];
    const hasSockets = parts.some((part) => part.asyncapi !== undefined);
    const describes = parts.some((part) => part.openapi !== undefined);
    this.#options = options;
    this.#healthIsApps = host.handles?.("GET", health.path) ?? false;
    this.#hasDocs = describes && !(host.handles?.("GET", "/docs") ?? false);
    this.#hasOpenapi = describes && !(host.handles?.("GET", "/openapi.json") ?? false);
    const ours = ["/asyncapi.json", "/sockets"].filter((path) => !(host.handles?.("GET", path) ?? false));
    this.#socketDocs = hasSockets ? ours : [];
  }

  /** True if the app has a health route of its own. */
  get healthIsApps(): boolean {
    return this.#healthIsApps;
  }

  /** The kind of path that a request asks for, which decides who answers it. */
  kindOf(request: IncomingMessage): RouteKind {
    const url = request.url ?? "/";
    if (isAt(url, this.#options.health.path) && isRead(request)) {
      return this.#healthIsApps || this.#isExtensions(request) ? "app-health" : "health";
    }
    if (isAt(url, ticketPath)) return this.#options.requiresAuth && request.method === "POST" ? "ticket" : "app";
    const isDocs =
      (this.#hasOpenapi && isAt(url, "/openapi.json")) ||
      (this.#hasDocs && (isAt(url, "/docs") || url.startsWith("/docs/"))) ||
      this.#isSocketDocs(url);
    return isDocs && isRead(request) && !this.#isExtensions(request) ? "docs" : "app";
  }

  /** Answers a health probe. */
  health(response: ServerResponse, isDraining: boolean): Promise<void> {
    const { readiness, host, extensions } = this.#options;
    return answerHealth(readiness, isDraining, [host, ...extensions], response);
  }

  /** Answers a request for the docs; their code is loaded by the first one. */
  async docs(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#docs ??= this.#loadDocs();
    (await this.#docs).handle(request, response);
  }

  #isSocketDocs(url: string): boolean {
    return this.#socketDocs.some(
      (path) => isAt(url, path) || (path === "/sockets" && url.startsWith("/sockets/page.")),
    );
  }

  async #loadDocs(): Promise<Docs> {
    const { createDocs } = await import("./docs/index.ts");
    const { description, ...options } = this.#options;
    return createDocs(description === undefined ? options : { ...options, description });
  }

  #isExtensions(request: IncomingMessage): boolean {
    return this.#options.extensions.some((extension) => extension.request !== undefined && extension.matches(request));
  }
}

function isAt(url: string, path: string): boolean {
  return url.startsWith(path) && (url.length === path.length || url[path.length] === "?");
}

function isRead({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD";
}
