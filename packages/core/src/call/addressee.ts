/**
 * The header with the name of the called app on the control plane: its address may have become another
 * app's since the caller learned it.
 */
export const addresseeHeader = "x-appenv-app";

/** The status by which a replica says that it is another app (RFC 9110, section 15.5.20). */
export const misdirectedStatus = 421;

/** True if another app answered. An app's own answer of this status is no problem document of an ingress. */
export function isMisdirected({ status, headers }: Response): boolean {
  return status === misdirectedStatus && headers.get("content-type") === "application/problem+json";
}
