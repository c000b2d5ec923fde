import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { DataProxyService } from "@appenv/protocol";
import type { Bundles } from "../uploads/bundles.ts";
import { placeUpload } from "../uploads/upload-place.ts";
import type { UploadUrls } from "../uploads/upload-urls.ts";

/** Dependencies of uploads. */
export interface UploadContext {
  readonly bundles: Bundles;
  readonly uploadUrls: UploadUrls;
  /** The directory of uploaded files that are no bundles. */
  readonly files: string;
}

/** The method of Flyte's DataProxyService that apps need too: where to upload a bundle, or a file for a task. */
export function createUploadLocation(
  context: UploadContext,
): ServiceImpl<typeof DataProxyService>["createUploadLocation"] {
  return (request, { url }) => {
    const { contentMd5, filename, filenameRoot, contentLength, expiresIn, addContentMd5Metadata } = request;
    const lifetimeMs = expiresIn === undefined ? undefined : durationMs(expiresIn);
    const asked = { filename, filenameRoot, md5: Buffer.from(contentMd5).toString("hex") };
    const place = placeUpload(asked, context.bundles, context.files);
    const upload = context.uploadUrls.issue({ md5: contentMd5, place, bytes: contentLength, lifetimeMs });
    const md5 = Buffer.from(contentMd5).toString("base64");
    return {
      signedUrl: new URL(`/upload/${upload.token}`, url).href,
      nativeUrl: place.uri,
      expiresAt: timestampFromMs(upload.expiresAt),
      headers: addContentMd5Metadata ? { "Content-MD5": md5 } : {},
    };
  };
}
