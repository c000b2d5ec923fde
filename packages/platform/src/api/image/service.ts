import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { ImageService } from "@appenv/protocol/tasks";
import type { ImageStore } from "../../tasks/images/image-store.ts";

/** Flyte's ImageService: whether an image was asked for before. */
export function imageService(images: Pick<ImageStore, "findName">): ServiceImpl<typeof ImageService> {
  return {
    getImage: ({ id }) => {
      const name = id?.name ?? "";
      const fqin = images.findName(name);
      if (fqin !== undefined) return { image: { id: { name }, fqin } };
      throw new AppEnvError("NOT_FOUND", `There is no image '${name.slice(0, 200)}' here yet.`, {
        fix: "Run the task once with `image.builder: remote` in the configuration of Flyte's client.",
      });
    },
  };
}
