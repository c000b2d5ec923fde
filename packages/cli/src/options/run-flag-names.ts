/** The options of commands that start a run, in the order of their help. */
export const runFlagNames: readonly string[] = (
  "name label annotation env input overwrite-cache idempotency-key follow no-follow detach port host " +
  "endpoint local project domain json verbose help"
).split(" ");
