import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ActionRecord } from "../../src/contracts/actions.ts";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { bundled, BundledWorld, isWaiting } from "./bundled-world.ts";
import { ReplayJournal } from "./journal.ts";
import { programs, sourceOf, type Step } from "./programs.ts";

const accidents = ["fail", "lose", "crash"] as const;
type Accident = (typeof accidents)[number];

/** Runs a program through accidents to its end, and tells the mistakes. */
async function check(
  steps: readonly Step[],
  waits: boolean,
  seed: number,
  planned: readonly Accident[],
): Promise<readonly string[]> {
  const journal = new ReplayJournal(seed, waits);
  (globalThis as { replayTest?: unknown }).replayTest = journal;
  let world = await BundledWorld.open(await bundled(sourceOf(steps)));
  const left = [...planned];
  answerConditions(world, journal);
  const run = await world.run("program");
  for (let root; root === undefined;) {
    const accident = left.shift();
    const struck = accident === undefined ? undefined : strike(world, journal, accident);
    root = await Promise.race([world.end(run), ...(struck === undefined ? [] : [struck])]);
    if (root === undefined && accident === "crash") {
      world = await world.crash();
      answerConditions(world, journal, run);
    } else if (root !== undefined && root.phase !== "SUCCEEDED") journal.mistakes.push(String(root.error?.message));
  }
  const [made, asked] = [world.actions(run).length, journal.places.size];
  // The loser of a race may not come as far as before, and a failure may go well another time.
  const isExact = !/"(race|flaky)"/.test(JSON.stringify(steps));
  if (made > asked || (isExact && made < asked)) journal.mistakes.push(`${asked} places made ${made} actions`);
  await world.close();
  return journal.mistakes;
}

/** Resolves when it has happened. */
function strike(world: BundledWorld, journal: ReplayJournal, accident: Accident): Promise<undefined> {
  const after = 1 + journal.below(12);
  return new Promise((resolve) => {
    if (accident === "fail") {
      journal.fuse = after;
      // The next accident is planned when this one may be over.
      world.workers.after(after, () => resolve(undefined));
      return;
    }
    world.workers.after(after, () => {
      if (accident === "lose") world.workers.lose();
      resolve(undefined);
    });
  });
}

function answerConditions(world: BundledWorld, journal: ReplayJournal, run?: RunRecord): void {
  const answer = async (condition: ActionRecord): Promise<void> => {
    await journal.pause();
    // It may have been answered, or another platform's.
    await world.answer(condition, journal.fresh("answer")).catch(() => {});
  };
  world.onWait((condition) => void answer(condition));
  const waiting = run === undefined ? [] : world.actions(run).filter(isWaiting);
  for (const condition of waiting) void answer(condition);
}

test.each([
  ["whatever takes longer than before", true],
  ["with races and pools that go the same way again", false],
])("each caller is given what was recorded for it, and nothing is computed twice: %s", async (_, waits) => {
  const plan = fc.array(fc.constantFrom(...accidents), { minLength: 1, maxLength: 3 });
  const property = fc.asyncProperty(programs({ waits }), fc.nat(), plan, async (steps, seed, planned) => {
    expect(await check(steps, waits, seed, planned)).toEqual([]);
  });
  await fc.assert(property, { numRuns: Number(process.env["APPENV_REPLAY_RUNS"] ?? 12) });
});
