import type { Abilities } from "@appenv-internal/conformance";

export const abilities: Abilities = {
  openapi: true,
  validation: true,
  shaping: true,
  websockets: false,
  knowsRoutes: true,
  tellsRoutes: true,
};
