import { spawnSync } from "node:child_process";

/** The programs of the system with their versions, as far as they are there. Both write them among other text. */
export function programVersions(): string[] {
  const found = [
    ["nginx", /nginx\/(\S+)/],
    ["wrk", /wrk \S*?(\d+\.\d+\.\d+)/],
  ] as const;
  return found.flatMap(([program, pattern]) => {
    const { stdout, stderr } = spawnSync(program, ["-v"], { encoding: "utf8" });
    const version = pattern.exec(`${stdout}${stderr}`)?.[1];
    return version === undefined ? [] : [`${program} ${version}`];
  });
}
