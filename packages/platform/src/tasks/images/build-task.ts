import { create, toBinary } from "@bufbuild/protobuf";
import type { TaskRecord } from "@appenv/engine";
import type { TaskDefinition } from "@appenv/protocol";
import { fromContainerSpec, TaskSpecSchema, toLiteralType } from "@appenv/protocol/tasks";

/** The identity by which Flyte's SDK asks a control plane for its builder of images. */
const id = { project: "system", domain: "production", name: "build-image", version: "1" } as const;

/** The image of that task, which names no program: the platform itself acts. */
const image = "appenv/build-image";

const text = { type: toLiteralType({ kind: "string" }), description: "" };

/** The inputs of a build, as Flyte's SDK names them. Of its outputs it reads the first one: the name of the image. */
const spec = create(TaskSpecSchema, {
  shortName: id.name,
  taskTemplate: {
    id,
    type: "container",
    interface: {
      inputs: { variables: ["context", "spec", "target_image"].map((key) => ({ key, value: text })) },
      outputs: { variables: [{ key: "o0", value: text }] },
    },
    target: { case: "container", value: { image, args: [id.name] } },
  },
});

/**
 * The task by which Flyte's SDK has images built, with `image.builder: remote` in its configuration. Here it makes an
 * environment of Python with the packages of the image: no image is built.
 */
export const buildTask: TaskRecord = {
  id,
  definition: fromContainerSpec(spec),
  spec: toBinary(TaskSpecSchema, spec),
  deployedAt: new Date(0),
};

/** Answers true for that task, also as a client sends it back with a run. */
export function isBuildTask({ launch }: TaskDefinition): boolean {
  return launch.kind === "image" && launch.image === image;
}
