import type { JSX } from "preact";

/** Buttons of which one is chosen. */
export function Choices<T extends string>({
  label,
  of,
  chosen,
  onChoose,
}: {
  readonly label: string;
  /** Values with their words. */
  readonly of: readonly (readonly [value: T, words: string])[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}): JSX.Element {
  return (
    <div class="choices" role="group" aria-label={label}>
      {of.map(([value, words]) => (
        <button key={value} type="button" aria-pressed={chosen === value} onClick={() => onChoose(value)}>
          {words}
        </button>
      ))}
    </div>
  );
}
