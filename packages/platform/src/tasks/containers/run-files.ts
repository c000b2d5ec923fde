import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { ActionId, RunId } from "@appenv/protocol";

/**
 * The files of runs with programs of containers, by which these get their inputs and give their outputs: an object store of
 * this machine. All of them are in the database too, but for files that tasks give back, which stay until somebody deletes them.
 */
export class RunFiles {
  readonly #directory: string;
  readonly #uploads: string;
  readonly #given: string;
  readonly #used = new Set<string>();
  /** The directory of files that tasks give one another, by their content. */
  readonly objects: string;
  /** Called when a run gets its first file from here. */
  onUse: (run: RunId) => void = () => {};

  /** @param home - The state directory. */
  constructor(home: string) {
    this.#directory = join(home, "run-files");
    this.objects = join(home, "objects");
    this.#uploads = join(home, "files");
    this.#given = join(this.#uploads, "runs");
  }

  /** The directory of a run: the `run_base_dir` of its actions. */
  base({ project, domain, run }: RunId): string {
    return join(this.#directory, project, domain, run);
  }

  /** The directory of an action: `inputs.pb`, `outputs.pb`, and one of each attempt. */
  action(id: ActionId): string {
    return join(this.base(id), id.action);
  }

  /** The directory in which an attempt writes `outputs.pb` or `error.pb`. */
  attempt(id: ActionId, attempt: number): string {
    return join(this.action(id), String(attempt));
  }

  /** A file that a client has uploaded. Others are not read on its behalf. @throws AppEnvError NOT_FOUND. */
  uploaded(path: string): string {
    const found = resolve(path);
    if (found.startsWith(this.#uploads + sep) && existsSync(found)) return found;
    throw new AppEnvError("NOT_FOUND", `The file '${path.slice(0, 200)}' was not uploaded to this platform.`);
  }

  /** The directory of the files that an action gives back. */
  rawData({ project, domain, run, action }: ActionId): string {
    return join(this.#given, project, domain, run, action);
  }

  /** Answers true if a path is within the directory of a run. */
  holds(run: RunId, path: string): boolean {
    return resolve(path).startsWith(this.base(run) + sep);
  }

  /** Writes a file of an action, as a whole or not at all. Gives its path. */
  async write(id: ActionId, name: string, content: Uint8Array): Promise<string> {
    const directory = this.action(id);
    const file = join(directory, name);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const temporary = join(directory, `.${name}.${randomUUID()}`);
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, file);
    this.#use(id);
    return file;
  }

  /** Removes the files of a run that has ended, but those that its tasks gave back. */
  async remove(run: RunId): Promise<void> {
    this.#used.delete(this.base(run));
    await rmdir(dirname(this.rawData({ ...run, action: "a0" }))).catch(() => {});
    await rm(this.base(run), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Removes the files of a run that is deleted. @param given - Also those that its tasks gave back. */
  async removeAll(run: RunId, given: boolean): Promise<void> {
    const { project, domain, run: name } = run;
    const directory = join(this.#given, project, domain, name);
    if (!directory.startsWith(this.#given + sep)) return;
    await this.remove(run);
    if (given) await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Removes the directory for files that an action gives back, if it gave none. */
  async removeIfEmpty(id: ActionId): Promise<void> {
    await rmdir(this.rawData(id)).catch(() => {});
  }

  #use({ project, domain, run }: RunId): void {
    const base = this.base({ project, domain, run });
    if (this.#used.has(base)) return;
    this.#used.add(base);
    this.onUse({ project, domain, run });
  }

  /** The runs that have files. */
  async runs(): Promise<readonly RunId[]> {
    if (!existsSync(this.#directory)) return [];
    const paths = await readdir(this.#directory);
    return paths.flatMap((project) =>
      listed(join(this.#directory, project)).flatMap((domain) =>
        listed(join(this.#directory, project, domain)).map((run) => ({ project, domain, run })),
      ),
    );
  }
}

function listed(directory: string): readonly string[] {
  return readdirSync(directory);
}
