/** Levels of log lines, the least first. */
export const levels = ["debug", "info", "warn", "error"] as const;

/** The level of a log line. */
export type Level = (typeof levels)[number];

/** The level that a line says it has, as loggers write it: in JSON, as `level=warn`, or in front; undefined: none. */
export function levelOf(text: string): Level | undefined {
  const [, json, pair, word, front] = written.exec(text.slice(0, 300)) ?? [];
  const name = (json ?? pair ?? word ?? front)?.toLowerCase();
  if (name === undefined) return undefined;
  if (/^\d+$/.test(name)) return byNumber(Number(name));
  return byName.find(([begin]) => name.startsWith(begin))?.[1] ?? (name.endsWith("error") ? "error" : undefined);
}

const written =
  /^\s*\{.*?"(?:level|severity)"\s*:\s*"?(\w+)|\blevel=(\w+)|(?:^|[\s[(|])(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)(?=[\s\]):|]|$)|^\W{0,3}(?:Uncaught )?(\w*Error|error|warn|warning|info|debug)(?: \[\w+\])?: /;

const byName: readonly (readonly [begin: string, level: Level])[] = [
  ["trace", "debug"],
  ["debug", "debug"],
  ["info", "info"],
  ["notice", "info"],
  ["warn", "warn"],
  ["err", "error"],
  ["fatal", "error"],
  ["crit", "error"],
];

/** The numbers of pino. */
function byNumber(number: number): Level {
  if (number >= 50) return "error";
  if (number >= 40) return "warn";
  return number >= 30 ? "info" : "debug";
}
