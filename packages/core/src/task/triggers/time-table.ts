import { invalidOption } from "../../errors/invalid-option.ts";

interface Field {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const weekdays = "SUN MON TUE WED THU FRI SAT".split(" ");
const fields: readonly Field[] = [
  { title: "minute", min: 0, max: 59 },
  { title: "hour", min: 0, max: 23 },
  { title: "day of the month", min: 1, max: 31 },
  { title: "month", min: 1, max: 12, names: months },
  { title: "day of the week", min: 0, max: 7, names: weekdays },
];
const titles = fields.map(({ title }) => title).join(", ");
const nicknames = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];

/** The most days that a month has, by its number. */
const daysIn = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Checks a time table of five fields, or one of `@daily` and the like.
 *
 * @returns It without spaces around it.
 * @throws AppEnvError INVALID_OPTION naming the field, its value and the values that it takes; also for a table whose day
 * no month has.
 */
export function readTimeTable(expression: unknown): string {
  if (typeof expression !== "string" || expression.trim() === "") {
    throw invalidOption("cron", expression, `five fields (${titles}), for example "0 9 * * 1-5", or "@daily"`);
  }
  const text = expression.trim();
  if (nicknames.includes(text)) return text;
  if (text.startsWith("@")) throw invalidOption("cron", text, `one of ${nicknames.join(", ")}, or five fields`);
  const parts = text.split(/\s+/);
  if (parts.length !== fields.length)
    throw invalidOption("cron", text, `five fields (${titles}); it has ${parts.length}`);
  fields.forEach((field, index) => checkField(field, parts[index] ?? "", text));
  checkDays(parts, text);
  return text;
}

function checkField(field: Field, part: string, table: string): void {
  for (const item of part.split(",")) {
    const allowed = mistakeIn(item, field);
    if (allowed !== undefined) throw invalidOption(`the ${field.title} of cron "${table}"`, item, allowed);
  }
}

/** The values that an item of a field's list must have, if it has none of them: `*`, `5`, `MON-FRI`, with a step `0-30/10`. */
function mistakeIn(item: string, field: Field): string | undefined {
  const [range = "", step, ...more] = item.split("/");
  const ends = range === "*" ? [field.min, mostOf(field)] : readRange(range, field);
  const [from, to = from] = ends ?? [];
  if (more.length > 0 || from === undefined || to === undefined) return formsOf(field);
  if (from > to) {
    const [first, last] = range.split("-");
    return `a range that goes up: write "${first}-${nameOf(field, mostOf(field))},${nameOf(field, field.min)}-${last}"`;
  }
  if (step === undefined) return undefined;
  if (range !== "*" && !range.includes("-")) return `a step of a range: write "${range}-${mostOf(field)}/${step}"`;
  if (!/^\d+$/.test(step)) return formsOf(field);
  const most = Math.max(to - from, 1);
  return Number(step) >= 1 && Number(step) <= most ? undefined : `given a step from 1 to ${most}`;
}

function formsOf(field: Field): string {
  const names = field.names === undefined ? "" : ` or ${field.names[0]} to ${field.names.at(-1)}`;
  return `"*", ${field.min} to ${field.max}${names}, a range such as "${field.min}-${field.min + 4}", either with a step, or a list of these`;
}

/** One or two numbers; undefined if it is no range. */
function readRange(range: string, field: Field): readonly number[] | undefined {
  const [first = "", last, ...more] = range.split("-");
  const from = numberOf(first, field);
  if (last === undefined) return from === undefined ? undefined : [from];
  const to = numberOf(last, field);
  if (from === undefined || to === undefined || more.length > 0) return undefined;
  // A week ends with Sunday as well as it begins with it.
  return [from, to === 0 && field.names === weekdays && from > 0 ? 7 : to];
}

function numberOf(text: string, { min, max, names }: Field): number | undefined {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  const number = named === -1 ? Number(/^\d{1,2}$/.test(text) ? text : Number.NaN) : named + min;
  return number >= min && number <= max ? number : undefined;
}

/** Sunday, which has two numbers, is not counted twice. */
function mostOf({ max, names }: Field): number {
  return names === weekdays ? 6 : max;
}

function nameOf({ names, min }: Field, number: number): string {
  return names?.[number - min] ?? String(number);
}

/** A day that none of the months has would never come; with days of the week, those come. */
function checkDays([, , days = "", monthsPart = "", weekday]: readonly string[], table: string): void {
  if (weekday !== "*") return;
  const [, , dayField, monthField] = fields as [Field, Field, Field, Field];
  const earliest = Math.min(...numbersIn(days, dayField));
  if (numbersIn(monthsPart, monthField).some((month) => (daysIn[month] ?? 0) >= earliest)) return;
  throw invalidOption(`the day of the month of cron "${table}"`, days, `a day that its month (${monthsPart}) has`);
}

/** The numbers that a checked field stands for. */
function numbersIn(part: string, field: Field): readonly number[] {
  return part.split(",").flatMap((item) => {
    const [range = "", step = "1"] = item.split("/");
    const [from = 0, to = from] = range === "*" ? [field.min, field.max] : (readRange(range, field) ?? []);
    const count = Math.floor((to - from) / Number(step)) + 1;
    return Array.from({ length: count }, (_, index) => from + index * Number(step));
  });
}
