import type { FastifyInstance } from "fastify";

/**
 * The paths of the routes an app has, read from the tree that `printRoutes` draws: Fastify has no list of them.
 * Each line holds what a path has beyond that of the line above it, indented by four characters a level.
 */
export function printedRoutes(app: Pick<FastifyInstance, "printRoutes">): readonly string[] {
  const above: string[] = [];
  const paths = new Set<string>();
  for (const line of app.printRoutes({ commonPrefix: false }).split("\n")) {
    const match = /^([│ ]*)[├└]── (\S*?)( \(.*)?$/.exec(line);
    if (match === null) continue;
    const [, indent = "", segment = "", methods] = match;
    above.splice(indent.length / 4, Infinity, segment);
    if (methods !== undefined) paths.add(above.join(""));
  }
  return [...paths];
}
