import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

let made: Promise<string> | undefined;

/** The program that a container on a stock Node image starts with: it fetches the code, verifies it and runs it. */
export function containerProgram(): Promise<string> {
  return (made ??= makeProgram());
}

async function makeProgram(): Promise<string> {
  const [{ rolldown }, { packProgram }] = await Promise.all([import("rolldown"), import("@appenv/container/pack")]);
  const input = realpathSync(fileURLToPath(import.meta.resolve("@appenv/container/bootstrap")));
  const build = await rolldown({ input, platform: "node", logLevel: "silent" });
  try {
    const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false });
    return packProgram(output[0].code);
  } finally {
    await build.close();
  }
}
