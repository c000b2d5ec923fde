import type { AppEnvironment, AppEnvironmentOptions } from "@appenv/core";
import type { Fixture } from "./fixture.ts";

/** What an adapter can do. The suite tests what is declared, and that what is not declared is refused cleanly. */
export interface Abilities {
  /** Describes its routes as OpenAPI. */
  readonly openapi: boolean;
  /** Validates requests by zod schemas. */
  readonly validation: boolean;
  /** Shapes responses by zod schemas: sends only what they name, and nothing that does not fit. */
  readonly shaping: boolean;
  /** Takes WebSockets. */
  readonly websockets: boolean;
  /** Knows whether it has a route, so that the app's own `/health` and `/docs` win. */
  readonly knowsRoutes: boolean;
}

/** The environment a test asks for. */
export interface FixtureOptions extends AppEnvironmentOptions {
  /** Whether the app has a route `GET /health` of its own, which answers `{ "own": true }`. Default false. */
  readonly ownHealth?: boolean;
  /** Whether the app takes WebSockets at all. Default true. */
  readonly sockets?: boolean;
}

/** An adapter, and how the app of the suite is written with its framework. */
export interface AdapterUnderTest {
  readonly name: string;
  readonly abilities: Abilities;
  /**
   * Writes the app: each route does what the method of the fixture that is named like it returns.
   *
   * - `GET /`: JSON, with a summary "The greeting" if the adapter describes routes
   * - `GET /slow`: JSON, later
   * - `POST /echo`: the JSON body of the request
   * - `GET /stream`, `GET /events`: a stream of `text/plain` and of `text/event-stream`
   * - `GET /throws`: throws
   * - `POST /orders`: the body is an `order`, the answer an `orderReceipt`
   * - `/ws`: a WebSocket that sends back what it gets
   */
  build(fixture: Fixture, options: FixtureOptions): AppEnvironment;
}
