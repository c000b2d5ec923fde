import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import type { AuthMetadataService, ClusterService } from "@appenv/protocol";

/** There is one cluster: that at which the caller is. */
export const clusterService: Partial<ServiceImpl<typeof ClusterService>> = {
  selectCluster: (_, { url }) => ({ clusterEndpoint: new URL(url).origin }),
};

/** No authorization server is configured. */
export const authMetadataService: Partial<ServiceImpl<typeof AuthMetadataService>> = {
  getPublicClientConfig: () => ({}),
  getOAuth2Metadata: () => {
    throw new ConnectError("no external auth server is configured", Code.Unimplemented);
  },
};
