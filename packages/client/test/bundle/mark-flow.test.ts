import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundle } from "../../src/bundle/bundle.ts";
import { Project } from "../support/project.ts";

/** The results of a bundle's export `out`, called outside a run and in one. */
async function runBoth(source: string, files: Readonly<Record<string, string>> = {}): Promise<[any, any]> {
  using project = new Project({ ...files, "app.ts": `${source}\nexport const tasks = "TaskEnvironment";` });
  const { code } = await bundle(project.path("app.ts"));
  writeFileSync(project.path("bundle.mjs"), code);
  const script = `
    import { runInContext } from "@appenv/core/internal";
    import { out } from ${JSON.stringify(pathToFileURL(project.path("bundle.mjs")).href)};
    const scope = { branch: () => ({ ...scope }), orWhereMade() { return this; } };
    console.log(JSON.stringify([await out(), await runInContext(scope, out)]));`;
  writeFileSync(project.path("main.mjs"), script);
  const options = { cwd: project.root };
  const node = await promisify(execFile)("node", ["--enable-source-maps", project.path("main.mjs")], options);
  return JSON.parse(node.stdout);
}

async function expectBoth(source: string, value: unknown): Promise<void> {
  expect(await runBoth(source)).toEqual([value, value]);
}

test("functions keep this, arguments, super, defaults, patterns, directives and names", async () => {
  await expectBoth(
    `class Base { async greet(name: string) { return "hello " + name; } }
     class Person extends Base {
       name = "Ada";
       #secret = 7;
       field = async () => this.name + this.#secret;
       static async make(this: typeof Person) { return new this(); }
       async greet() { return (await super.greet(this.name)) + "!"; }
       async ["computed" + 1]() { return this.name; }
     }
     async function all(this: unknown, a: number, b = a + 1, { c, d: [e] } = { c: 3, d: [4] }, ...rest: number[]) {
       return [a, b, c, e, rest, arguments.length, typeof this];
     }
     async function again(x: number, { y } = { y: 2 }) { var x, y, z; if (x) { var z = x; } return [x, y, z]; }
     const sum = async (a: number) => (await Promise.resolve(1), a + 1);
     const object = async () => ({ a: 1 });
     const method = { async own() { return this.value; }, value: 5, async *many() { yield 1; yield await this.own(); } };
     const fails = async (x = (() => { throw new Error("default"); })()) => x;
     const nothing = async () => { "use strict"; };
     const nested = async () => { const run = async (inner: number) => { return async () => inner; }; return (await run(4))(); };
     export const out = async () => {
       const person = await Person.make();
       const many = [];
       for await (const each of method.many()) many.push(each);
       return [
         await person.field(), await person.greet(), await (person as any).computed1(), await all.call(person, 1),
         await all.call(undefined, 1, 2, undefined, 5, 6), await again(1), await sum(2), await object(), many,
         await fails().catch((error) => error.message), (await nothing()) === undefined, await nested(),
         [all.name, all.length, sum.name, person.field.name],
       ];
     };`,
    [
      "Ada7",
      "hello Ada!",
      "Ada",
      [1, 2, 3, 4, [], 1, "object"],
      [1, 2, 3, 4, [5, 6], 5, "undefined"],
      [1, 2, 1],
      3,
      { a: 1 },
      [1, 5],
      "default",
      true,
      4,
      ["all", 1, "sum", "field"],
    ],
  );
});

test("calls during a wait, `using`, top-level await and callbacks of promises work as before", async () => {
  await expectBoth(
    `const early = await (async () => "early")();
     const order: string[] = [];
     const open = (name: string) => ({ [Symbol.dispose]: () => order.push("closed " + name) });
     async function work() { using _one = open("one"); order.push("open"); await null; order.push("work"); }
     const queue = { add: (run: () => unknown) => run() };
     export const out = async () => {
       order.length = 0;
       const working = work();
       order.push("called");
       await working;
       const later = await Promise.resolve(1).then((x) => x + 1).then(undefined, () => 0).finally(() => order.push("end"));
       const caught = await Promise.reject(new Error("no")).catch((error: Error) => error.message);
       const value = await queue.add(() => { var later = 5; return Math.max(later, 1); });
       const texts = await Promise.all(["a", "b"].map(async (x) => queue.add(function (this: unknown) { return String(x); })));
       const object = { then: (take: (x: number) => void) => take(3) };
       return [early, later, caught, value, texts, await object, order];
     };`,
    ["early", 2, "no", 5, ["a", "b"], 3, ["open", "called", "work", "closed one", "end"]],
  );
});

test("a function that is taken out as text runs where none of this is known", async () => {
  await expectBoth(
    `import { runInNewContext } from "node:vm";
     const send = async (code: Function) => runInNewContext("(" + code + ")")(2);
     export const out = async () => [
       await send(async (x: number) => { const twice = async () => x * 2; return await twice(); }),
       await send((x: number) => Math.max(x, 1)),
       await send((x: number) => Promise.resolve(x).then((y) => y + 1)),
     ];`,
    [4, 2, 3],
  );
});

test("stacks name the lines of the source", async () => {
  const [outside, inside] = await runBoth(
    `import { fails } from "./lib.ts";
export const out = async () => {
  const lines = (error: any) => [...error.stack.matchAll(/at (?:async )?(\\w+) .*?(lib\\.ts:\\d+:\\d+)/g)].map(([, name, at]) => name + " " + at);
  const list = [1];
  return await Promise.all(
    list.map(async (x) =>
      fails(x, "some text")
        .then(() => []),
    ),
  ).catch(lines);
};`,
    {
      "lib.ts": `export async function fails(x: number,
  text: string): Promise<never> {
  await null;

  const run = async (y: number) => { if (text && y) throw new Error("here"); };
  return await run(x) as never;
}`,
    },
  );
  // Each function is there twice: where it is, and where it begins.
  const places = ["run lib.ts:5:59", "run lib.ts:5:36", "fails lib.ts:6:16", "fails lib.ts:2:33"];
  expect([outside, inside]).toEqual([places, places]);
});

test("bundles without tasks stay as they are", async () => {
  using project = new Project({ "app.ts": "export const out = async () => [].map(async () => 1);" });
  expect((await bundle(project.path("app.ts"))).code).not.toContain("appenv.branch");
});
