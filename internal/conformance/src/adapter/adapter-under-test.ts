import type { AppEnvironment, AppEnvironmentOptions } from "@appenv/core";
import type { Abilities } from "./abilities.ts";
import type { Fixture } from "./fixture.ts";

/** The environment a test asks for. */
export interface FixtureOptions extends AppEnvironmentOptions {
  /** True for an app with a route `GET /health` of its own, which answers `{ "own": true }`. Default false. */
  readonly ownHealth?: boolean;
  /** False for an app that takes no WebSockets. Default true. */
  readonly sockets?: boolean;
}

/** An adapter, and how the app of the suite is written with its framework. */
export interface AdapterUnderTest {
  readonly name: string;
  /** The type of its environments. */
  readonly type: string;
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
   * - `POST /todos`: the body is a `todo`, the answer a list of them
   * - `GET /items/ID`: JSON, by a router below `/items` that has the route `/:id`, if the framework has routes
   * - `/ws`: a WebSocket that sends back what it gets, through `heard`
   */
  build(fixture: Fixture, options: FixtureOptions): AppEnvironment;
}
