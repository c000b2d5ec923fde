import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import type { CacheService } from "@appenv/protocol/tasks";

/** Time for which a reservation stands that nobody extends: three of the longest heartbeats, in milliseconds. */
const standsMs = 30_000;

interface Reservation {
  readonly ownerId: string;
  readonly expiresAt: number;
}

/** The reservations of the cache service: a key belongs to the first who asks, until it is released or expires. */
export function cacheService(): Partial<ServiceImpl<typeof CacheService>> {
  const reservations = new Map<string, Reservation>();
  return {
    getOrExtendReservation: ({ baseRequest, identifier }) => {
      const { key, ownerId } = checked(baseRequest);
      const place = JSON.stringify([identifier?.project, identifier?.domain, key]);
      const now = Date.now();
      const known = reservations.get(place);
      const isTaken = known !== undefined && known.ownerId !== ownerId && known.expiresAt > now;
      const held = isTaken ? known : { ownerId, expiresAt: now + standsMs };
      reservations.set(place, held);
      return { reservation: { key, ownerId: held.ownerId, expiresAt: timestampFromMs(held.expiresAt) } };
    },
    releaseReservation: ({ baseRequest, identifier }) => {
      const { key, ownerId } = checked(baseRequest);
      const place = JSON.stringify([identifier?.project, identifier?.domain, key]);
      if (reservations.get(place)?.ownerId === ownerId) reservations.delete(place);
      return {};
    },
  };
}

function checked(base: { readonly key: string; readonly ownerId: string } | undefined) {
  if (base === undefined || base.key === "" || base.ownerId === "") {
    throw new ConnectError("base_request.key and owner_id are required", Code.InvalidArgument);
  }
  return base;
}
