import { signal, useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";
import { Text } from "../parts/text.tsx";
import { go } from "../route/location.ts";
import { findPlaces, type Place } from "./places.ts";

/** True while the palette is open. */
export const paletteShown: Signal<boolean> = signal(false);

const shown = 12;

function close(): void {
  paletteShown.value = false;
}

/** Goes to anything by a part of its name. */
export function Palette(): JSX.Element {
  const text = useSignal("");
  const places = useSignal<readonly Place[]>([]);
  const chosen = useSignal(0);
  useEffect(() => {
    const stop = new AbortController();
    void findPlaces(stop.signal, (found) => (places.value = found));
    return () => stop.abort();
  }, []);
  const found = places.value.filter((place) => fits(place, text.value)).slice(0, shown);
  const take = (place: Place | undefined): void => {
    if (place === undefined) return;
    close();
    go(place.href);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") take(found[chosen.value]);
    else if (step !== undefined) chosen.value = (chosen.value + step + found.length) % Math.max(found.length, 1);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={close}>
      <input
        class="wide"
        role="combobox"
        aria-label="A part of a name"
        aria-expanded="true"
        aria-controls="places"
        aria-activedescendant={found.length === 0 ? undefined : `place-${chosen.value}`}
        autofocus
        placeholder="App, run, task, trigger or page"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKey}
      />
      <div id="places" role="listbox" aria-label="Places" class="places">
        {found.map((place, index) => (
          <div
            key={place.href}
            id={`place-${index}`}
            role="option"
            aria-selected={index === chosen.value}
            onClick={() => take(place)}
          >
            <span class="quiet">{place.kind}</span> <Text of={place.name} />
            <span class="quiet end">
              <Text of={place.where} />
            </span>
          </div>
        ))}
        {found.length === 0 ? <p class="empty">Nothing has this name.</p> : null}
      </div>
    </Dialog>
  );
}

function fits({ kind, name }: Place, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/);
  return words.every((word) => `${kind} ${name}`.toLowerCase().includes(word));
}
