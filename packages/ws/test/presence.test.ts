import { ProcessBackplane } from "@appenv/backplane";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PresenceTable, type PresenceChange } from "../src/rooms/presence.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("members of a replica that died are forgotten after 30 seconds, those of one that lives are not", async () => {
  const backplane = new ProcessBackplane();
  const [here, alive] = [new PresenceTable(backplane, "lobby"), new PresenceTable(backplane, "lobby")];
  for (const table of [here, alive]) await table.start();
  alive.join({ id: "1", presence: "ada" });
  const dead = { type: "joined", replica: "dead", member: { id: "2", presence: "bob" } };
  await backplane.publish("presence:lobby", Buffer.from(JSON.stringify(dead)));
  await vi.advanceTimersByTimeAsync(29_000);
  expect(names(here)).toEqual(["ada", "bob"]);
  const changes: PresenceChange[] = [];
  here.watch((change) => changes.push(change));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(names(here)).toEqual(["ada"]);
  expect(changes).toEqual([{ type: "left", member: dead.member }]);
  for (const table of [here, alive]) await table.stop();
});

test("a replica that starts later learns the members", async () => {
  const backplane = new ProcessBackplane();
  const early = new PresenceTable(backplane, "lobby");
  await early.start();
  early.join({ id: "1", presence: "ada" });
  const late = new PresenceTable(backplane, "lobby");
  await late.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(names(late)).toEqual(["ada"]);
  for (const table of [early, late]) await table.stop();
});

function names({ members }: PresenceTable): unknown[] {
  return members.map(({ presence }) => presence);
}
