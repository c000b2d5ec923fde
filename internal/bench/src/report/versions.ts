import { spawnSync } from "node:child_process";

/** The programs of the system with their versions, as far as they are there. They write them among other text. */
export function programVersions(): string[] {
  const found = [
    ["nginx", "nginx", "-v", /nginx\/(\S+)/],
    ["wrk", "wrk", "-v", /wrk \S*?(\d+\.\d+\.\d+)/],
    ["Redis", "redis-server", "-v", /v=(\S+)/],
    ["PostgreSQL", "postgres", "-V", /(\d+\.\d+)/],
  ] as const;
  return found.flatMap(([name, program, option, pattern]) => {
    const { stdout, stderr } = spawnSync(program, [option], { encoding: "utf8" });
    const version = pattern.exec(`${stdout}${stderr}`)?.[1];
    return version === undefined ? [] : [`${name} ${version}`];
  });
}
