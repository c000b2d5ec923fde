/**
 * The options of environments and tasks that this platform takes and does not honour: they are for clusters. Clients say so
 * to users who serve something that states one. An option that the platform comes to honour is taken out here.
 */
export const ignoredOptions: readonly string[] = [
  "image",
  "resources.cpu",
  "resources.gpu",
  "resources.disk",
  "resources.shm",
  "podTemplate",
  "interruptible",
  "clusterPool",
  "domain",
];
