/** The path of a request, without its query. */
export function requestPath({ url = "/" }: { readonly url?: string | undefined }): string {
  return url.split("?", 1)[0]!;
}
