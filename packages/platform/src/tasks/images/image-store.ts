import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ImagePackages } from "../containers/python/packages.ts";

/** The images that were asked for: their packages by their names. */
export class ImageStore {
  readonly #file: string;
  #images: Map<string, ImagePackages> | undefined;

  /** @param home - The state directory. */
  constructor(home: string) {
    this.#file = join(home, "python", "images.json");
  }

  /** The packages of an image; undefined for one that was not asked for here. */
  find(name: string): ImagePackages | undefined {
    return this.#all().get(name);
  }

  /** The whole name of an image that ends so, as clients ask for it; undefined if there is none. */
  findName(end: string): string | undefined {
    return [...this.#all().keys()].find((name) => name === end || name.endsWith(`/${end}`));
  }

  /** Keeps an image. */
  put(name: string, packages: ImagePackages): void {
    const images = this.#all();
    images.set(name, packages);
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const temporary = `${this.#file}.${randomUUID()}`;
    writeFileSync(temporary, JSON.stringify(Object.fromEntries(images)), { mode: 0o600 });
    renameSync(temporary, this.#file);
  }

  #all(): Map<string, ImagePackages> {
    this.#images ??= new Map(Object.entries(read(this.#file)));
    return this.#images;
  }
}

/** One that is missing or broken is as one without images: they are asked for again with the next run. */
function read(file: string): Readonly<Record<string, ImagePackages>> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, ImagePackages>>;
  } catch {
    return {};
  }
}
