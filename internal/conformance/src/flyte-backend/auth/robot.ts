/** A client with a secret. */
export const robot = { id: "robot", secret: "s%p&c+ret" } as const;
