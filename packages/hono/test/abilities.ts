import type { Abilities } from "@appenv-internal/conformance";

export const abilities: Abilities = {
  openapi: true,
  validation: true,
  shaping: false,
  websockets: true,
  knowsRoutes: true,
  tellsRoutes: true,
};
