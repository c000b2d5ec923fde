import type { AppHost, HostListeners, OpenApiDocument } from "@appenv/core";
import type { RateLimiter } from "../http/rate-limiter.ts";
import { Router } from "../http/router.ts";
import type { Endpoint } from "./endpoint.ts";

/** A webhook app as the runtime starts it. */
export class WebhookHost implements AppHost {
  readonly framework: string = "webhooks";
  readonly #endpoints: readonly Endpoint[];
  readonly #rate: RateLimiter | undefined;
  readonly #title: string;

  constructor(endpoints: readonly Endpoint[], rate: RateLimiter | undefined, title: string) {
    this.#endpoints = endpoints;
    this.#rate = rate;
    this.#title = title;
  }

  start(): Promise<HostListeners> {
    const router = new Router(this.#endpoints, this.#rate);
    return Promise.resolve({ request: (request, response) => router.answer(request, response) });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async openapi(): Promise<OpenApiDocument> {
    const { describeEndpoints } = await import("./describe.ts");
    return describeEndpoints(this.#title, this.#endpoints);
  }
}
