/**
 * node:http, which Socket.IO has loaded already. As an ES module it would be read member by member, and some of its
 * members load all of Node's fetch: 15 to 20 ms.
 */
export const http: typeof import("node:http") = process.getBuiltinModule("node:http");
