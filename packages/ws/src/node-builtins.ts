/**
 * Modules of Node that `ws` has loaded already. As ES modules they would be read member by member, and some of their
 * members load more of Node: its fetch with node:http, for 15 to 20 ms.
 */
export const http: typeof import("node:http") = process.getBuiltinModule("node:http");
