import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const nodeModules = join(import.meta.dirname, "../../node_modules");

/** A directory with these files, removed afterwards. `@appenv/core` can be imported in it. */
export class Project implements Disposable {
  /** The files it was made with. */
  readonly files: Readonly<Record<string, string>>;
  readonly root: string = realpathSync(mkdtempSync(join(tmpdir(), "appenv-test-")));

  constructor(files: Readonly<Record<string, string>>) {
    this.files = files;
    this.write({ "package.json": '{"name":"project","type":"module"}', ...files });
    mkdirSync(join(this.root, "node_modules/@appenv"), { recursive: true });
    symlinkSync(join(nodeModules, "@appenv/core"), join(this.root, "node_modules/@appenv/core"));
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  link(target: string, name: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    symlinkSync(this.path(target), this.path(name));
  }

  remove(name: string): void {
    rmSync(this.path(name));
  }

  path(name: string): string {
    return join(this.root, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
