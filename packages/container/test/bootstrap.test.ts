import { beforeAll, expect, test } from "vitest";
import { bootstrapProgram, startCluster } from "./support/bootstrap.ts";

let program = "";
beforeAll(async () => {
  program = await bootstrapProgram();
});

const written = 'process.send("appenv:written");';

test("fits into the arguments of a container", () => {
  expect(program.length).toBeLessThan(10_240);
});

test("starts the code of a task with the backend's arguments, and leaves its outcome alone", async () => {
  const { run } = await startCluster(program);
  const ran = await run(`console.log(JSON.stringify(process.argv.slice(2))); ${written}`);
  expect(ran.output).toContain('["task","--inputs","s3://data/in.pb","--outputs-path","s3://data/out/1"]');
  expect(ran).toMatchObject({ exitCode: 0, error: undefined });
});

test("starts an app in this very process", async () => {
  const { run } = await startCluster(program);
  const ran = await run("console.log(process.argv.slice(2)); process.exitCode = 3;", {
    kind: "app",
    args: ["--port", "8080"],
  });
  expect(ran.output).toContain("[ 'app', '--port', '8080' ]");
  expect(ran.exitCode).toBe(3);
});

test.each([
  [
    "throws at its import",
    'throw new Error("no database");',
    { code: "PROCESS_ENDED", message: /exit code 1.*no database/s },
  ],
  [
    "exits by itself",
    'console.error("giving up"); process.exit(7);',
    { code: "PROCESS_ENDED", message: /exit code 7.*giving up/s },
  ],
  ["is killed", 'process.kill(process.pid, "SIGKILL");', { code: "OOM_KILLED", message: /ended by SIGKILL/ }],
  ["ends without an outcome", "1;", { code: "PROCESS_ENDED", message: /exit code 0 before its outcome was written/ }],
])("a task's code that %s becomes error.pb, and the container exits 0", async (_what, code, { message, ...error }) => {
  const { run } = await startCluster(program);
  const ran = await run(code);
  expect(ran.exitCode).toBe(0);
  expect(ran.error).toMatchObject({
    ...error,
    message: expect.stringMatching(message),
    kind: "RECOVERABLE",
    origin: "USER",
  });
});

test("a full heap is told from other ends", async () => {
  const { run } = await startCluster(program);
  const code = "const all = []; for (;;) all.push(new Array(1e5).fill(all.length));";
  const ran = await run(code, { env: { NODE_OPTIONS: "--max-old-space-size=30" } });
  expect(ran.exitCode).toBe(0);
  expect(ran.error).toMatchObject({
    code: "OOM_KILLED",
    message: expect.stringContaining("its JavaScript heap was full"),
  });
});

test("code that is gone, or is not what was deployed, becomes error.pb", async () => {
  const { run, s3 } = await startCluster(program);
  const other = await run("1;", { hash: "0".repeat(64) });
  expect(other.error).toMatchObject({
    code: "CODE_UNREADABLE",
    message: expect.stringContaining("not what was deployed"),
    origin: "SYSTEM",
  });
  s3.faults.push(404);
  const gone = await run("1;");
  expect(gone.error).toMatchObject({ code: "CODE_UNREADABLE", message: expect.stringContaining("not there any more") });
  expect([other.exitCode, gone.exitCode]).toEqual([0, 0]);
});

test("code that computes beyond its time is ended, which counts as an attempt", async () => {
  const { run } = await startCluster(program);
  // It has 25 seconds more to end by itself, of which nearly all are over here.
  const ran = await run('process.send("appenv:limit:-24900"); for (;;);');
  expect(ran.exitCode).toBe(0);
  expect(ran.error).toMatchObject({ code: "TIMED_OUT", kind: "RECOVERABLE", origin: "USER" });
});

test("a Node that is too old is named", async () => {
  const { run } = await startCluster(program);
  const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.11.0'})";
  const ran = await run(written, { env: { NODE_OPTIONS: `--import=${old}` } });
  expect(ran.error).toMatchObject({ code: "NODE_TOO_OLD", message: expect.stringContaining("Node 20.11.0") });
  expect(ran.exitCode).toBe(0);
});

test("an end after the outcome was written changes nothing", async () => {
  const { run } = await startCluster(program);
  const ran = await run(`${written} process.once("SIGTERM", () => {}); setTimeout(() => process.exit(9), 50);`);
  expect(ran).toMatchObject({ exitCode: 0, error: undefined });
});

test("SIGTERM reaches the task's code, which may end by itself", async () => {
  const { run } = await startCluster(program);
  const code = `process.on("SIGTERM", () => { console.log("cleaned up"); ${written} process.disconnect(); clearInterval(timer); });
    const timer = setInterval(() => {}, 1000); console.log("running");`;
  let isSent = false;
  const ran = await run(code, {
    onOutput: (output, kill) => {
      if (isSent || !output.includes("running")) return;
      isSent = true;
      kill("SIGTERM");
    },
  });
  expect(ran.output).toContain("cleaned up");
  expect(ran).toMatchObject({ exitCode: 0, error: undefined });
});
