/**
 * node:util, which Node has loaded already. As an ES module it would be read member by member, and some of its members
 * load more of Node, which nobody asked for: 4 ms.
 */
export const util: typeof import("node:util") = process.getBuiltinModule("node:util");
