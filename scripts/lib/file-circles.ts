// Finds circles of files: files that import one another, directly or through others, types included.
import { dirname, join } from "node:path";

/** The circles among files, each as the files it consists of, in order. @param imports - The relative specifiers of each file. */
export function fileCircles(imports: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const search: Search = { imports, order: new Map(), lowest: new Map(), path: [], circles: [] };
  for (const file of imports.keys()) if (!search.order.has(file)) visit(search, file);
  return search.circles;
}

/** The state of Tarjan's search for strongly connected files. */
interface Search {
  readonly imports: ReadonlyMap<string, readonly string[]>;
  /** The position at which each file was reached. */
  readonly order: Map<string, number>;
  /** The first position that each file reaches. */
  readonly lowest: Map<string, number>;
  /** Files that may yet turn out to be in a circle. */
  readonly path: string[];
  readonly circles: (readonly string[])[];
}

function visit(search: Search, file: string): void {
  const { imports, order, lowest, path, circles } = search;
  const position = order.size;
  order.set(file, position);
  lowest.set(file, position);
  path.push(file);
  for (const specifier of imports.get(file) ?? []) {
    const target = join(dirname(file), specifier);
    if (!imports.has(target)) continue;
    if (!order.has(target)) visit(search, target);
    else if (!path.includes(target)) continue;
    lowest.set(file, Math.min(lowest.get(file) ?? position, lowest.get(target) ?? position));
  }
  if (lowest.get(file) !== position) return;
  const circle = path.splice(path.indexOf(file));
  if (circle.length > 1) circles.push(circle);
}
