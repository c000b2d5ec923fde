import type { ServiceImpl } from "@connectrpc/connect";
import type { AuthMetadataService, ClusterService } from "@appenv/protocol";

/** Flyte's ClusterService: there is one cluster, which is reached as the caller reached it. */
export const clusterService: ServiceImpl<typeof ClusterService> = {
  selectCluster: (_, { url }) => ({ clusterEndpoint: new URL(url).origin }),
};

/**
 * Flyte's AuthMetadataService: there is no authorization server; keys are sent as bearer tokens. Clients ask it before
 * they have any credentials, and ask both even if they need but the header.
 */
export const authMetadataService: ServiceImpl<typeof AuthMetadataService> = {
  getPublicClientConfig: () => ({ authorizationMetadataKey: "authorization" }),
  getOAuth2Metadata: (_, { url }) => ({ issuer: new URL(url).origin }),
};
