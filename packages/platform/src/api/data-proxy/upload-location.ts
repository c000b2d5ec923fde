import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { DataProxyService } from "@appenv/protocol";
import type { Bundles } from "../uploads/bundles.ts";
import { placeUpload } from "../uploads/upload-place.ts";
import type { UploadTickets } from "../uploads/upload-urls.ts";

/**
 * Flyte's DataProxyService, as far as apps need it too: where to upload a bundle, or a file for a task.
 *
 * @param files - The directory of files that are no bundles.
 */
export function dataProxyService(
  bundles: Bundles,
  tickets: UploadTickets,
  files: string,
): Pick<ServiceImpl<typeof DataProxyService>, "createUploadLocation"> {
  return {
    createUploadLocation: (request, { url }) => {
      const { contentMd5, filename, filenameRoot, contentLength, expiresIn, addContentMd5Metadata } = request;
      const lifetimeMs = expiresIn === undefined ? undefined : durationMs(expiresIn);
      const asked = { filename, filenameRoot, md5: Buffer.from(contentMd5).toString("hex") };
      const place = placeUpload(asked, bundles, files);
      const ticket = tickets.issue({ md5: contentMd5, place, bytes: contentLength, lifetimeMs });
      const md5 = Buffer.from(contentMd5).toString("base64");
      return {
        signedUrl: new URL(`/upload/${ticket.token}`, url).href,
        nativeUrl: place.uri,
        expiresAt: timestampFromMs(ticket.expiresAt),
        headers: addContentMd5Metadata ? { "Content-MD5": md5 } : {},
      };
    },
  };
}
