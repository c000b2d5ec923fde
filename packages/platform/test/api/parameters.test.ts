import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";

// Each starts a platform, a bundler, replicas and workers, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const packages = fileURLToPath(new URL("../../node_modules", import.meta.url));

const files = {
  "package.json": '{"type":"module"}',
  "train.ts": `
    import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
    import { join } from "node:path";
    import { FlyteDir, FlyteFile, TaskEnvironment } from "@appenv/core";
    import { z } from "zod";
    export const tasks = new TaskEnvironment({ name: "train" });
    const output = z.object({ model: z.instanceof(FlyteFile), tables: z.instanceof(FlyteDir), scores: z.array(z.int()), note: z.string() });
    export const fit = tasks.task({ name: "fit", input: z.object({ text: z.string() }), output }, async ({ text }) => {
      if (text === "fail") throw new Error("no");
      const folder = mkdtempSync(join(process.cwd(), "train-"));
      mkdirSync(join(folder, "tables", "sub"), { recursive: true });
      writeFileSync(join(folder, "tables", "sub", "a.csv"), text);
      writeFileSync(join(folder, "model.bin"), text);
      return { model: new FlyteFile(join(folder, "model.bin")), tables: new FlyteDir(join(folder, "tables")), scores: [1], note: "note " + text };
    });
  `,
  "apps.ts": `
    import { readdirSync, readFileSync, statSync } from "node:fs";
    import { AppEndpoint, AppEnvironment, getParameter } from "@appenv/core";
    // Read here, it is the value that the module sees while it is imported.
    const atImport = process.env["GIVEN"];
    export const backend = new AppEnvironment({ name: "backend", requiresAuth: false });
    backend.server(() => (_, response) => response.end("backend"));
    export const reader = new AppEnvironment({
      name: "reader", requiresAuth: false, dependsOn: [backend],
      parameters: [
        { name: "given", envVar: "GIVEN" },
        { name: "url", value: new AppEndpoint("backend", { public: true }) },
      ],
    });
    reader.server(({ parameters: { given, url } }) => async (_, response) => {
      const path = typeof given === "string" ? undefined : given.path;
      response.end(JSON.stringify({
        kind: path === undefined ? "string" : given.kind,
        same: atImport === getParameter("given"),
        content: path === undefined ? given : statSync(path).isFile() ? readFileSync(path, "utf8") : readdirSync(path, { recursive: true }),
        backend: await (await fetch(url)).text(),
        leaked: process.env["APPENV_PARAMETERS"],
      }));
    });
  `,
};

/** Runs a script beside the apps, with `node`, until it ends. Gives what it printed. */
async function runScript(script: string): Promise<any> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "appenv-parameters-")));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  symlinkSync(packages, join(cwd, "node_modules"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const head = `import { AppEndpoint, AppEnvironment, RunOutput, run, serve } from "@appenv/core";
    import { backend, reader } from "./apps.ts";
    import { fit } from "./train.ts";
    const codeOf = async (promise) => { try { await promise; return "nothing"; } catch (error) { return error.code + " " + error.message; } };
    const serveWith = (given) => serve(reader, { parameters: { given } });
    const answer = async (given) => (await fetch((await serveWith(given)).endpoint, { headers: { connection: "close" } })).json();
    const output = (options) => new RunOutput({ type: "string", taskName: "train.fit", ...options });
  `;
  writeFileSync(join(cwd, "script.ts"), head + script);
  const clean = Object.entries(process.env).filter(([name]) => !/^(FLYTE|APPENV|_U_|UCTL|DEBUG)/.test(name));
  const env = { ...Object.fromEntries(clean), HOME: cwd, APPENV_HOME: join(cwd, ".appenv") };
  const child = spawn(process.execPath, ["script.ts"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  expect(stderr.join("")).toBe("");
  return JSON.parse(stdout.join(""));
}

test("outputs of runs are looked up when an app is served, and are local to its replicas", async () => {
  const printed = await runScript(`
    const none = await codeOf(serveWith(output({})));
    const first = await run(fit, { text: "one" });
    await first.wait();
    const second = await run(fit, { text: "two" });
    await second.wait();
    const failed = await run(fit, { text: "fail" });
    await failed.wait({ throws: false });
    console.log(JSON.stringify({
      none,
      newest: await answer(output({ type: "file", getter: [0, "model"] })),
      byName: await answer(output({ type: "directory", taskName: undefined, runName: first.name, getter: ["tables"] })),
      text: await answer(output({ getter: ["o0", "note"] })),
      version: await codeOf(serveWith(output({ taskVersion: "other" }))),
      getter: await codeOf(serveWith(output({ getter: [0, "nothing"] }))),
      inherited: await codeOf(serveWith(output({ getter: [0, "constructor", "name"] }))),
      type: await codeOf(serveWith(output({ type: "file", getter: [0, "scores", 0] }))),
      failed: await codeOf(serveWith(output({ taskName: undefined, runName: failed.name }))),
      missing: await codeOf(serveWith(output({ taskName: undefined, runName: "no-such-run" }))),
    }));
    process.kill(process.pid, "SIGTERM");
  `);
  const common = { same: true, backend: "backend" };
  expect(printed).toMatchObject({
    newest: { ...common, kind: "file", content: "two" },
    byName: { ...common, kind: "directory", content: ["sub", "sub/a.csv"] },
    text: { ...common, kind: "string", content: "note two" },
  });
  expect(printed.newest).not.toHaveProperty("leaked");
  const start = "PARAMETER_FAILED The parameter 'given' of 'reader' has no value: ";
  expect(printed.none).toContain(`${start}No run of 'train.fit' has succeeded in flytesnacks/development.`);
  expect(printed.version).toContain("No run of 'train.fit' in its version 'other'");
  expect(printed.getter).toMatch(/^PARAMETER_FAILED .*nothing at \[0,"nothing"\]/);
  expect(printed.inherited).toMatch(/nothing at \[0,"constructor","name"\]/);
  expect(printed.type).toMatch(/\[0,"scores",0\] of the run '.*' is a number, not a file/);
  expect(printed.failed).toMatch(/is FAILED, and only one that has succeeded has outputs/);
  expect(printed.missing).toMatch(/There is no run 'no-such-run'/);
});

test("an app that listens by itself asks the control plane for what nobody told it", async () => {
  const printed = await runScript(`
    await (await run(fit, { text: "one" })).wait();
    const { endpoint } = await serve(backend);
    const alone = new AppEnvironment({
      name: "alone", requiresAuth: false,
      parameters: [
        { name: "url", value: new AppEndpoint("backend", { public: true }) },
        { name: "note", value: output({ getter: ["note"] }), envVar: "NOTE" },
      ],
    });
    alone.server(({ parameters }) => (_, response) => response.end(JSON.stringify({ ...parameters, variable: process.env["NOTE"] })));
    const listening = await alone.listen({ port: 0, host: "127.0.0.1", handleSignals: false });
    const seen = await (await fetch(listening.endpoint, { headers: { connection: "close" } })).json();
    await listening.close();
    const nobody = alone.cloneWith({ name: "nobody", parameters: [{ name: "url", value: new AppEndpoint("nobody", { public: true }) }] });
    console.log(JSON.stringify({ seen, endpoint, after: process.env["NOTE"], nobody: await codeOf(nobody.listen({ port: 0 })) }));
    process.kill(process.pid, "SIGTERM");
  `);
  expect(printed.seen).toEqual({ url: printed.endpoint, note: "note one", variable: "note one" });
  expect(printed).not.toHaveProperty("after");
  expect(printed.nobody).toMatch(
    /^PARAMETER_FAILED The parameter 'url' of 'nobody' is the endpoint of 'nobody', and .*/,
  );
});
