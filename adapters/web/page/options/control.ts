import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { OptionSpec } from "../../../../src/seam/options.ts";

type Value = string | number | undefined;
type SetValue = (next: Value) => void;

/** What one option is set with, by its kind and by how many values it has. */
export function control(spec: OptionSpec, value: Value, set: SetValue): TemplateResult {
  const { min = 0, max = 0 } = spec;
  if (spec.kind === "size")
    return html`${segments(spec.values ?? [], value, set, true)} ${pixels(spec, value, set)}`;
  if (spec.kind === "number" && max - min <= 5) {
    const values = Array.from({ length: max - min + 1 }, (_, at) => String(min + at));
    const choices = values.map((each) => ({ value: each, label: each }));
    return segments(choices, value, (next) => set(next === undefined ? undefined : Number(next)));
  }
  if (spec.kind === "number") return max - min <= 100 ? slider(spec, value, set) : amount(spec, value, set);
  const values = spec.values ?? [];
  const short = values.reduce((length, { label }) => length + label.length, 0) <= 26;
  return short ? segments(values, value, set) : select(spec, value, set);
}

/** A row of buttons; the pressed one, pressed again, is let go. */
function segments(
  values: readonly { value: string; label: string }[],
  value: Value,
  set: SetValue,
  shapes = false,
): TemplateResult {
  return html`<span class="segments">
    ${values.map((each) => {
      const on = String(value) === each.value;
      return html`<button type="button" aria-pressed=${on} @click=${() => set(on ? undefined : each.value)}>
        ${shapes ? html`<span class="shape ${each.label.toLowerCase()}" aria-hidden="true"></span>` : nothing}${each.label}
      </button>`;
    })}
  </span>`;
}

function select(spec: OptionSpec, value: Value, set: SetValue): TemplateResult {
  return html`<select
    aria-label=${spec.label}
    .value=${live(String(value ?? ""))}
    @change=${(event: Event) => set((event.target as HTMLSelectElement).value || undefined)}
  >
    <option value="" ?selected=${value === undefined}>Not set</option>
    ${(spec.values ?? []).map(
      (each) => html`<option value=${each.value} ?selected=${each.value === value}>${each.label}</option>`,
    )}
  </select>`;
}

function slider(
  { label, min = 0, max = 100, unset }: OptionSpec,
  value: Value,
  set: SetValue,
): TemplateResult {
  return html`<span class="slider">
    <input
      type="range"
      aria-label=${label}
      min=${min}
      max=${max}
      .value=${live(String(value ?? (Number(unset) || max)))}
      @input=${(event: Event) => set(Number((event.target as HTMLInputElement).value))}
    />
    <output>${value ?? "–"}</output>
  </span>`;
}

/** A number out of too many for a slider. */
function amount({ label, min = 0, max = 0, unset }: OptionSpec, value: Value, set: SetValue): TemplateResult {
  return html`<input
    class="pixels"
    type="number"
    aria-label=${label}
    min=${min}
    max=${max}
    placeholder=${unset}
    .value=${live(String(value ?? ""))}
    @change=${(event: Event) => {
      const input = event.target as HTMLInputElement;
      if (input.reportValidity()) set(input.value === "" ? undefined : Number(input.value));
    }}
    @keydown=${leaveOnEnter}
  />`;
}

/** A size of one's own, in pixels. */
function pixels(spec: OptionSpec, value: Value, set: SetValue): TemplateResult {
  const named = spec.values?.some((each) => each.value === value);
  const own = named || value === undefined ? "" : String(value);
  return html`<input
    class="pixels"
    type="text"
    inputmode="text"
    placeholder="or 1536x864"
    aria-label="Width x height in pixels"
    pattern="\\s*\\d{2,5}\\s*[x×*]\\s*\\d{2,5}\\s*"
    title="Width x height in pixels, both multiples of 16, such as 1536x864"
    .value=${live(own)}
    @change=${(event: Event) => {
      const input = event.target as HTMLInputElement;
      if (!input.value.trim()) set(undefined);
      else if (input.reportValidity())
        set(input.value.toLowerCase().replace(/[×*]/g, "x").replace(/\s/g, ""));
    }}
    @keydown=${leaveOnEnter}
  />`;
}

/** Enter takes the value over; it must not send the prompt. */
function leaveOnEnter(event: KeyboardEvent): void {
  if (event.key !== "Enter") return;
  event.preventDefault();
  (event.target as HTMLElement).blur();
}
