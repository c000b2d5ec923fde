/** The abilities of an adapter. The suite tests what is declared, and that what is not declared is refused cleanly. */
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
  /** Tells the route that took a request, so that its span is named after it. */
  readonly tellsRoutes: boolean;
}

/** Each ability in words, as `docs/adapters.md` shows it. */
export const abilityTexts: Readonly<Record<keyof Abilities, string>> = {
  openapi: "Its routes are described in `/openapi.json` and shown at `/docs`",
  validation: "zod schemas validate requests",
  shaping: "zod schemas shape responses: what they do not name is not sent, and nothing that does not fit",
  websockets: "The framework's own WebSockets are served",
  knowsRoutes: "The app's own `/health` and `/docs` win over those of the platform",
  tellsRoutes: "Spans of requests have their route: `GET /orders/:id`",
};
