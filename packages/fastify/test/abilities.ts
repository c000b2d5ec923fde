import type { Abilities } from "@appenv-internal/conformance";

export const abilities: Abilities = {
  openapi: true,
  validation: true,
  shaping: true,
  websockets: true,
  knowsRoutes: true,
  tellsRoutes: true,
};
