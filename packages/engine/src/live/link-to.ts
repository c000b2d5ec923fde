import type { ActionId } from "@appenv/protocol";

/** Makes the link that answers a condition until a time; the same for the same arguments. */
export type LinkTo = (condition: ActionId, expiresAt: Date) => string;
