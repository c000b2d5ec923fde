import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { DataProxyService } from "@appenv/protocol";
import type { Bundles } from "./bundles.ts";
import type { UploadTickets } from "./upload-tickets.ts";

/** Flyte's DataProxyService, as far as apps need it too: where to upload a bundle. */
export function dataProxyService(
  bundles: Bundles,
  tickets: UploadTickets,
): Pick<ServiceImpl<typeof DataProxyService>, "createUploadLocation"> {
  return {
    createUploadLocation: ({ contentMd5, filename, contentLength, expiresIn, addContentMd5Metadata }, { url }) => {
      const lifetimeMs = expiresIn === undefined ? undefined : durationMs(expiresIn);
      const ticket = tickets.issue({ md5: contentMd5, filename, bytes: contentLength, lifetimeMs });
      const md5 = Buffer.from(contentMd5).toString("base64");
      return {
        signedUrl: new URL(`/upload/${ticket.token}`, url).href,
        nativeUrl: bundles.uri(ticket.name),
        expiresAt: timestampFromMs(ticket.expiresAt),
        headers: addContentMd5Metadata ? { "Content-MD5": md5 } : {},
      };
    },
  };
}
