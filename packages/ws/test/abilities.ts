import type { Abilities } from "@appenv-internal/conformance";

export const abilities: Abilities = {
  openapi: false,
  validation: false,
  shaping: false,
  websockets: true,
  knowsRoutes: false,
  tellsRoutes: false,
};
