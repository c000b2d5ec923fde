import { expect, test } from "vitest";
import { parseProcessors } from "../src/processes/processors.ts";

test.each([
  ["0", [0]],
  ["0-2,5", [0, 1, 2, 5]],
  ["", []],
])("reads the list of processors %j", (list, processors) => {
  expect(parseProcessors(list)).toEqual(processors);
});
