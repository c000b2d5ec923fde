import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { ContainerStart } from "@appenv/engine";
import { isInstalled, runTool } from "./run-tool.ts";
import type { ImagePackages } from "./packages.ts";

/** Progress and end of making an environment. */
type Making = Pick<ContainerStart, "say">;

/**
 * Virtual environments of Python by their packages, below the state directory. They are made with `uv` if that is on the
 * PATH, else with `python3 -m venv` and pip, once, whoever needs them first.
 */
export class PythonEnvironments {
  readonly #directory: string;
  readonly #making = new Map<string, Promise<string>>();
  readonly #closing = new AbortController();

  /** @param home - The state directory. */
  constructor(home: string) {
    this.#directory = join(home, "python");
  }

  /** The interpreter of an environment with these packages. @throws AppEnvError UNSUPPORTED without Python, START_FAILED. */
  async interpreter(packages: ImagePackages, making: Making): Promise<string> {
    const name = nameOf(packages);
    const known = this.#making.get(name) ?? this.#make(name, packages, making);
    this.#making.set(name, known);
    try {
      return await known;
    } catch (error) {
      // The next task may be luckier, for instance once the network is back.
      this.#making.delete(name);
      throw error;
    }
  }

  /** The interpreter of an environment that is complete; undefined if there is none. */
  find(packages: ImagePackages): string | undefined {
    const directory = join(this.#directory, nameOf(packages));
    return existsSync(join(directory, complete)) ? join(directory, "bin", "python") : undefined;
  }

  /** Gives up what is being made. */
  close(): void {
    this.#closing.abort();
  }

  async #make(name: string, packages: ImagePackages, { say }: Making): Promise<string> {
    const directory = join(this.#directory, name);
    const interpreter = join(directory, "bin", "python");
    if (existsSync(join(directory, complete))) return interpreter;
    say(`Making an environment of Python with ${packages.requirements.join(", ")} in ${directory} ...`);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    // One that was not finished. It is made where it stays: its scripts name its path.
    if (existsSync(directory)) await rm(directory, { recursive: true, force: true });
    const make = (await isInstalled("uv")) ? makeWithUv : makeWithVenv;
    await make(directory, packages, (words) => runTool(words, this.#closing.signal));
    await markComplete(directory);
    return interpreter;
  }
}

function nameOf({ python, requirements, options }: ImagePackages): string {
  const text = JSON.stringify([python, requirements, options]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** A file that an environment has once it is complete. */
const complete = ".appenv-complete";

async function markComplete(directory: string): Promise<void> {
  const temporary = join(directory, randomUUID());
  await mkdir(temporary);
  await rename(temporary, join(directory, complete));
}

type Run = (words: readonly string[]) => Promise<void>;

async function makeWithUv(
  directory: string,
  { python, requirements, options }: ImagePackages,
  run: Run,
): Promise<void> {
  await run(["uv", "venv", "--quiet", ...(python === undefined ? [] : ["--python", python]), directory]);
  const install = ["uv", "pip", "install", "--quiet", "--python", join(directory, "bin", "python")];
  await run([...install, ...options, ...requirements]);
}

async function makeWithVenv(
  directory: string,
  { python, requirements, options }: ImagePackages,
  run: Run,
): Promise<void> {
  const interpreter = await findPython(python);
  await run([interpreter, "-m", "venv", directory]);
  const pip = [join(directory, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await run([...pip, ...options, ...requirements]);
}

/** The interpreter of the image's version if there is one, else the one there is. */
async function findPython(version: string | undefined): Promise<string> {
  for (const name of version === undefined ? ["python3"] : [`python${version}`, "python3"]) {
    if (await isInstalled(name)) return name;
  }
  throw new AppEnvError("UNSUPPORTED", "The task is of Python, and there is no `python3` on this machine.", {
    fix: "Install Python 3.10 or newer, or `uv`, so that they are on the PATH of the platform; or set APPENV_PYTHON.",
  });
}
