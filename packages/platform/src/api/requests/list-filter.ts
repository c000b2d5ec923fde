import { Filter_Function, Sort_Direction } from "@appenv/protocol";
import type { Filter, PageRequest } from "@appenv/protocol/tasks";
import { invalidRequest } from "./ids.ts";

/** Reads the field of an item that a list can be filtered by; undefined if it has none. */
export type FieldReader<T> = (item: T) => string | number | Date | undefined;

/**
 * A test of whether an item meets all filters. `fields` are the known ones; `labels.KEY` is looked up in `labels`.
 *
 * @throws AppEnvError INVALID_OPTION for an unknown field or function.
 */
export function matcher<T>(
  filters: readonly Filter[],
  fields: Readonly<Record<string, FieldReader<T>>>,
  labels?: (item: T) => Readonly<Record<string, string>>,
): (item: T) => boolean {
  const tests = filters.map(({ function: test, field, values }) => {
    const read = readerOf(field, fields, labels);
    return (item: T) => passes(test, read(item), values);
  });
  return (item) => tests.every((test) => test(item));
}

function readerOf<T>(
  field: string,
  fields: Readonly<Record<string, FieldReader<T>>>,
  labels: ((item: T) => Readonly<Record<string, string>>) | undefined,
): FieldReader<T> {
  const [, key] = /^labels\.(.+)$/s.exec(field) ?? [];
  if (key !== undefined && labels !== undefined) return (item) => labels(item)[key];
  const read = Object.hasOwn(fields, field.toLowerCase()) ? fields[field.toLowerCase()] : undefined;
  if (read !== undefined) return read;
  const known = Object.keys(fields).join(", ") + (labels === undefined ? "" : ", labels.KEY");
  throw invalidRequest(`The list cannot be filtered by '${field.slice(0, 100)}'.`, `Filter by one of: ${known}.`);
}

function passes(test: number, value: ReturnType<FieldReader<unknown>>, values: readonly string[]): boolean {
  const [wanted = ""] = values;
  const text = value instanceof Date ? value.toISOString() : String(value ?? "");
  switch (test) {
    case Filter_Function.EQUAL:
      return compare(value, wanted) === 0;
    case Filter_Function.NOT_EQUAL:
      return compare(value, wanted) !== 0;
    case Filter_Function.GREATER_THAN:
      return compare(value, wanted) > 0;
    case Filter_Function.GREATER_THAN_OR_EQUAL:
      return compare(value, wanted) >= 0;
    case Filter_Function.LESS_THAN:
      return compare(value, wanted) < 0;
    case Filter_Function.LESS_THAN_OR_EQUAL:
      return compare(value, wanted) <= 0;
    case Filter_Function.VALUE_IN:
      return values.some((one) => compare(value, one) === 0);
    case Filter_Function.VALUE_NOT_IN:
      return values.every((one) => compare(value, one) !== 0);
    case Filter_Function.EXISTS:
      return value !== undefined;
    case Filter_Function.NOT_EXISTS:
      return value === undefined;
    case Filter_Function.CONTAINS:
      return text.includes(wanted);
    case Filter_Function.CONTAINS_CASE_INSENSITIVE:
      return text.toLowerCase().includes(wanted.toLowerCase());
    case Filter_Function.ENDS_WITH:
      return text.endsWith(wanted);
    case Filter_Function.NOT_ENDS_WITH:
      return !text.endsWith(wanted);
    default:
      throw invalidRequest(`The list knows no filter function ${test}.`);
  }
}

/** Times and numbers by their size, and not by their text; NaN, so never true, for what is neither. */
function compare(value: ReturnType<FieldReader<unknown>>, wanted: string): number {
  if (value instanceof Date) return value.getTime() - Date.parse(wanted);
  if (typeof value === "number") return value - Number(wanted === "" ? Number.NaN : wanted);
  const text = value ?? "";
  if (text === wanted) return 0;
  return text < wanted ? -1 : 1;
}

/**
 * The direction a request asks for; undefined if it does not say. Lists are in the order of creation.
 *
 * @throws AppEnvError INVALID_OPTION for another order.
 */
export function readDirection(request: PageRequest | undefined): "ascending" | "descending" | undefined {
  const sort = request?.sortByFields[0] ?? request?.sortBy;
  if (sort === undefined || sort.key === "") return undefined;
  if (sort.key !== "created_at" && sort.key !== "deployed_at") {
    throw invalidRequest(`The list cannot be sorted by '${sort.key.slice(0, 100)}'.`, "Sort by created_at.");
  }
  return sort.direction === Sort_Direction.ASCENDING ? "ascending" : "descending";
}

const defaultLimit = 100;
const maxLimit = 1_000;

/** The number of items that a request asks for. */
export function readLimit(request: Pick<PageRequest, "limit"> | undefined): number {
  return Math.min(request?.limit || defaultLimit, maxLimit);
}
