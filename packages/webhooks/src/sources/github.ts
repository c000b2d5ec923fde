import { checkOptions } from "@appenv/core/internal";
import { headerOf, type SourceOptions, type WebhookSource, sourceOptionNames } from "./source.ts";
import { isSigned } from "./signature.ts";

/**
 * GitHub: `X-Hub-Signature-256` over the body. GitHub signs no time, and neither the id nor the type of a delivery.
 *
 * @example
 * env.mount(webhook(github({ secret: "GITHUB_WEBHOOK_SECRET" }), (event) => event.run(build, { ref: event.payload.ref })));
 */
export function github(options: SourceOptions): WebhookSource {
  checkOptions(options, "github", sourceOptionNames);
  const { secret, name = "github" } = options;
  return {
    name,
    secret,
    signatureHeader: "X-Hub-Signature-256",
    verify({ headers, rawBody }, secrets) {
      const [scheme, signature = "", ...more] = headerOf(headers, "x-hub-signature-256").split("=");
      return isSigned([rawBody], secrets, scheme === "sha256" && more.length === 0 ? [signature] : []);
    },
    describe({ headers }) {
      const type = headerOf(headers, "x-github-event");
      return { id: headerOf(headers, "x-github-delivery"), type, isTest: type === "ping" };
    },
  };
}
