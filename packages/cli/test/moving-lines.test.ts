import { expect, onTestFinished, test } from "vitest";
import { MovingLines } from "../src/output/moving-lines.ts";

/** A terminal as far as moving lines need one: it remembers what is on its screen. */
class Screen {
  readonly columns: number = 30;
  readonly rows: number;
  #lines: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(rows = 24) {
    this.rows = rows;
  }

  get text(): string[] {
    return this.#lines.map((line) => line.trimEnd());
  }

  write(text: string): boolean {
    const [plain = "", ...controlled] = text.split("\u001B[");
    this.#put(plain);
    for (const part of controlled) {
      const [, count, command = "", rest = ""] = /^(\d*)([A-Z])([^]*)$/.exec(part) ?? [];
      if (command === "A") this.#row -= Number(count);
      else this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
      if (command === "J") this.#lines.splice(this.#row + 1);
      this.#put(rest);
    }
    return true;
  }

  #put(text: string): void {
    for (const character of text) {
      if (character === "\r" || character === "\n") this.#column = 0;
      if (character === "\n") this.#lines[(this.#row += 1)] ??= "";
      if (character === "\r" || character === "\n") continue;
      const line = this.#lines[this.#row] ?? "";
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column += 1;
    }
  }
}

function lines(screen: Screen): MovingLines {
  const made = new MovingLines(screen);
  onTestFinished(() => made.stop());
  return made;
}

test("a message takes the place of the one before", () => {
  const screen = new Screen();
  const moving = lines(screen);
  moving.say("Reading app.ts ...");
  moving.say("Starting the platform with a long story ...");
  expect(screen.text).toEqual([expect.stringMatching(/^. Starting the platform with$/)]);
});

test("each environment of a plan has its line, with how it stands", () => {
  const screen = new Screen();
  const moving = lines(screen);
  moving.say("Using the platform.");
  moving.say("back: starting", { name: "back", state: "starting" });
  moving.say("front: waits for back", { name: "front", state: "waiting" });
  expect(screen.text).toEqual([expect.stringMatching(/^. back: starting$/), "· front: waits for back"]);
  moving.say("back: gone\nin two lines", { name: "back", state: "failed" });
  moving.say("front: not begun", { name: "front", state: "left-out" });
  expect(screen.text).toEqual(["✖ back: gone", "- front: not begun"]);
  moving.say("Stopping ...");
  expect(screen.text).toEqual([expect.stringMatching(/^. Stopping \.\.\.$/)]);
});

test("a small terminal shows those that are not up yet", () => {
  const screen = new Screen(3);
  const moving = lines(screen);
  for (const name of ["a", "b", "c"]) moving.say(name, { name, state: "up" });
  moving.say("d", { name: "d", state: "waiting" });
  expect(screen.text).toEqual(["· d", "✔ a"]);
});

test("afterwards nothing is left of them", () => {
  const screen = new Screen();
  const moving = lines(screen);
  for (const name of ["a", "b"]) moving.say(name, { name, state: "up" });
  moving.stop();
  expect(screen.text.join("")).toBe("");
});
