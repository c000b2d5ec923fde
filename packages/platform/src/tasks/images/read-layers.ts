import { AppEnvError } from "@appenv/core";
import type { ImageLayer } from "@appenv/protocol/tasks";
import type { ImagePackages } from "../containers/python/packages.ts";

/** The parts of an image that matter on this machine. */
export interface ReadLayers extends Omit<ImagePackages, "python"> {
  /** Parts that are left out here, for people. */
  readonly leftOut: readonly string[];
}

/** Reads a file of requirements among those that came with the image. */
export type ReadRequirements = (file: string) => Promise<readonly string[]>;

/**
 * Reads the layers of an image: packages of Python and env vars count; what changes the machine, such as packages of the
 * system, is its owner's to install.
 *
 * @throws AppEnvError UNSUPPORTED for a layer with packages that cannot be read here.
 */
export async function readLayers(
  layers: readonly ImageLayer[],
  readRequirements: ReadRequirements,
): Promise<ReadLayers> {
  const read = await Promise.all(layers.map((layer) => readLayer(layer, readRequirements)));
  return {
    requirements: read.flatMap(({ requirements = [] }) => requirements),
    options: [...new Set(read.map(({ options = [] }) => options.join("\n")))].flatMap((joined) =>
      joined === "" ? [] : joined.split("\n"),
    ),
    env: Object.assign({}, ...read.map(({ env = {} }) => env)) as Record<string, string>,
    leftOut: read.flatMap(({ leftOut = [] }) => leftOut),
  };
}

async function readLayer({ layer }: ImageLayer, readRequirements: ReadRequirements): Promise<Partial<ReadLayers>> {
  switch (layer.case) {
    case "pipPackages":
      return { requirements: layer.value.packages, options: pipOptions(layer.value.options) };
    case "requirements":
      return {
        requirements: await readRequirements(layer.value.file),
        options: pipOptions(layer.value.options),
      };
    case "env":
      return { env: layer.value.envVariables };
    case "aptPackages":
      return { leftOut: [`packages of the system: ${layer.value.packages.join(", ")}`] };
    case "commands":
      return { leftOut: layer.value.cmd.map((command) => `the command ${command}`) };
    case "copyConfig":
      return { leftOut: [`the files ${layer.value.dst}`] };
    case "workdir":
    case undefined:
      return {};
    default:
      throw new AppEnvError(
        "UNSUPPORTED",
        `An image with a layer of the kind '${layer.case}' has no environment here.`,
        {
          fix: "Name its packages by `with_pip_packages` or `with_requirements`, or set APPENV_PYTHON to an interpreter that has them.",
        },
      );
  }
}

type PipOptions = Extract<ImageLayer["layer"], { case: "pipPackages" }>["value"]["options"];

function pipOptions(options: PipOptions): readonly string[] {
  if (options === undefined) return [];
  const { indexUrl, extraIndexUrls, pre, extraArgs } = options;
  return [
    ...(indexUrl === "" ? [] : ["--index-url", indexUrl]),
    ...extraIndexUrls.flatMap((url) => ["--extra-index-url", url]),
    ...(pre ? ["--pre"] : []),
    ...extraArgs.split(/\s+/).filter((word) => word !== ""),
  ];
}
