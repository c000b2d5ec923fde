import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { ImageBuildSpecSchema } from "@appenv/protocol/tasks";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test, vi } from "vitest";
import { packagesOf, withSdkOf, type ImagePackages } from "../../../src/tasks/containers/python/packages.ts";
import { PythonEnvironments } from "../../../src/tasks/containers/python/python-environments.ts";
import { ImageStore } from "../../../src/tasks/images/image-store.ts";
import { readLayers } from "../../../src/tasks/images/read-layers.ts";
import { requirementsIn } from "../../../src/tasks/images/requirements-file.ts";

const packages: ImagePackages = { python: "3.11", requirements: ["flyte==2.12.1"], options: ["--pre"], env: {} };

/** Programs on the PATH that note how they are called; the first that makes an environment makes its directory. */
function fakeTools(directory: string, names: readonly string[], fails = ""): () => string[] {
  const bin = join(directory, "tools");
  const journal = join(directory, "journal");
  mkdirSync(bin, { recursive: true });
  writeFileSync(journal, "");
  const script = `#!/bin/sh
[ "$1" = --version ] && exit 0
echo "$(basename "$0") $*" >> ${journal}
case "$*" in *${fails || "never"}*) echo "no network" >&2; exit 3 ;; esac
for last; do :; done
case "$*" in *venv*) mkdir -p "$last/bin" && cp "$0" "$last/bin/python" ;; esac
`;
  for (const name of names) writeFileSync(join(bin, name), script, { mode: 0o755 });
  vi.stubEnv("PATH", [bin, "/bin", ...(names.length === 0 ? [] : ["/usr/bin"])].join(delimiter));
  onTestFinished(() => void vi.unstubAllEnvs());
  return () => readFileSync(journal, "utf8").replaceAll(directory, "").split("\n").filter(Boolean);
}

test("an environment is made once for its packages, with uv if there is one", async () => {
  const directory = tempDirectory();
  const called = fakeTools(directory, ["uv"]);
  const said: string[] = [];
  const making = { say: (text: string) => void said.push(text) };
  const environments = new PythonEnvironments(directory);
  const [one, same] = await Promise.all([
    environments.interpreter(packages, making),
    environments.interpreter({ ...packages, env: { OTHER: "1" } }, making),
  ]);
  expect(same).toBe(one);
  expect(existsSync(one)).toBe(true);
  expect(await new PythonEnvironments(directory).interpreter(packages, making)).toBe(one);
  const place = one.replace(directory, "").replace("/bin/python", "");
  expect(called()).toEqual([
    `uv venv --quiet --python 3.11 ${place}`,
    `uv pip install --quiet --python ${place}/bin/python --pre flyte==2.12.1`,
  ]);
  expect(said).toEqual([expect.stringContaining("Making an environment of Python with flyte==2.12.1")]);
  expect(await environments.interpreter({ ...packages, python: undefined }, making)).not.toBe(one);
});

test("without uv it is made with python3 and pip; what fails is said, and tried again", async () => {
  const directory = tempDirectory();
  const called = fakeTools(directory, ["python3.11"], "flyte==2.12.1");
  const environments = new PythonEnvironments(directory);
  const failed = environments.interpreter(packages, { say: () => {} });
  await expect(failed).rejects.toMatchObject({ code: "START_FAILED", message: expect.stringContaining("no network") });
  const made = await environments.interpreter({ ...packages, requirements: ["flyte"] }, { say: () => {} });
  const place = made.replace(directory, "").replace("/bin/python", "");
  expect(called().slice(-2)).toEqual([
    `python3.11 -m venv ${place}`,
    "python -m pip install --quiet --disable-pip-version-check --pre flyte",
  ]);
});

test("the packages of an image are those it was asked for with, and the SDK", async () => {
  const directory = tempDirectory();
  const pip = { packages: ["httpx"], options: { indexUrl: "https://packages.example.com", pre: true } };
  const { layers } = create(ImageBuildSpecSchema, {
    layers: [
      { layer: { case: "pipPackages", value: pip } },
      { layer: { case: "requirements", value: { file: "in/requirements.txt" } } },
      { layer: { case: "aptPackages", value: { packages: ["git"] } } },
      { layer: { case: "env", value: { envVariables: { A: "1" } } } },
    ],
  });
  mkdirSync(join(directory, "in"));
  writeFileSync(join(directory, "in/requirements.txt"), "# ours\nnumpy>=2 # fast\n\npandas\n");
  writeFileSync(join(directory, "in/other.txt"), "-r requirements.txt\n");
  const archive = join(directory, "context.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", directory, "in"]);
  const read = await readLayers(layers, (file) => requirementsIn(archive, file));
  expect(read).toEqual({
    requirements: ["httpx", "numpy>=2", "pandas"],
    options: ["--index-url", "https://packages.example.com", "--pre"],
    env: { A: "1" },
    leftOut: ["packages of the system: git"],
  });
  await expect(requirementsIn(archive, "in/other.txt")).rejects.toThrow("has the option '-r requirements.txt'");
  await expect(requirementsIn(archive, "none.txt")).rejects.toThrow("did not come with it");

  const images = new ImageStore(directory);
  const { leftOut: _, ...kept } = read;
  images.put("acme/own:1", withSdkOf("ghcr.io/flyteorg/flyte:py3.12-v2.11.0", { ...kept, python: "3.12" }));
  const of = (image: string) => {
    const launch = { kind: "image", image, command: [], args: [] } as const;
    return packagesOf({ ...taskDefinition(), launch, sdkVersion: "2.12.1" }, new ImageStore(directory));
  };
  expect(of("acme/own:1")).toMatchObject({ python: "3.12", requirements: [...read.requirements, "flyte==2.11.0"] });
  expect(of("ghcr.io/flyteorg/flyte:py3.11-v2.10.0")).toMatchObject({
    python: "3.11",
    requirements: ["flyte==2.10.0"],
  });
  expect(of("python:3.11")).toMatchObject({ python: undefined, requirements: ["flyte==2.12.1"] });
  expect(images.findName("own:1")).toBe("acme/own:1");
});
