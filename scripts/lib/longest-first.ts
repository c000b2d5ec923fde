import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Ends of the names of test files that take half a minute and more, the longest first. */
const long = [
  "/readmes.test.ts",
  "/every-page.test.ts",
  "/cluster/kill.test.ts",
  "/cli/test/runs.test.ts",
  "/soak.test.ts",
  "/chaos.test.ts",
  "/schemathesis.test.ts",
  "/cli/test/cluster.test.ts",
  "/socket.io/test/replicas.test.ts",
  "/cli/test/secrets.test.ts",
  "/revision-identity.test.ts",
  "/run-page.test.ts",
];

/**
 * Starts the files that take longest first: started last, one of them would go on alone, with a core idle. Of the others, vitest
 * knows the time only from a run before, which a fresh clone has not.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // The name is vitest's: it sorts no array in place.
    const others = super.sort(files.filter((file) => rank(file) === long.length)); // oxlint-disable-line unicorn/no-array-sort
    const first = files.filter((file) => rank(file) < long.length).toSorted((a, b) => rank(a) - rank(b));
    return [...first, ...(await others)];
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = long.findIndex((end) => moduleId.endsWith(end));
  return place < 0 ? long.length : place;
}
