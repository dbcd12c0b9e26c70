import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { OptionSpec } from "../../../src/options.ts";
import type { Draft } from "./drafts.ts";
import { icon } from "./icons.ts";
import type { State } from "./store.ts";
import type { Studio } from "./studio.ts";

/** The options table as controls. What is not touched is not sent. */
export function optionControls({ about }: State, draft: Draft, studio: Studio): TemplateResult {
  return html`
    <section id="options" class="options" role="group" aria-label="Options">
      <div class="options-top">
        <h2>Options</h2>
        <button
          type="button"
          class="link"
          ?hidden=${Object.keys(draft.options).length === 0}
          @click=${() => studio.resetOptions()}
        >
          Reset options
        </button>
        <button type="button" class="tool" aria-label="Close options" @click=${() => studio.panel("options", false)}>
          ${icon("close")}
        </button>
      </div>
      <div class="options-grid">${about?.options.map((spec) => row(spec, draft, studio))}</div>
    </section>
  `;
}

function row(spec: OptionSpec, draft: Draft, studio: Studio): TemplateResult {
  const value = draft.options[spec.name];
  const set = (next: string | number | undefined) => studio.setOption(spec.name, next);
  return html`
    <div class="option kind-${spec.kind} ${value === undefined ? "" : "set"}" role="group" aria-labelledby="option-${spec.name}">
      <p class="option-label" id="option-${spec.name}">${spec.label}</p>
      ${control(spec, value, set)}
      <p class="option-hint">${spec.hint}.${value === undefined ? html` <em>Not set: ${spec.unset}.</em>` : nothing}</p>
    </div>
  `;
}

type Value = string | number | undefined;
type SetValue = (next: Value) => void;

function control(spec: OptionSpec, value: Value, set: SetValue): TemplateResult {
  const { min = 0, max = 0 } = spec;
  if (spec.kind === "size")
    return html`${segments(spec.values ?? [], value, set, true)} ${pixels(spec, value, set)}`;
  if (spec.kind === "number" && max - min <= 5) {
    const values = Array.from({ length: max - min + 1 }, (_, at) => String(min + at));
    const choices = values.map((each) => ({ value: each, label: each }));
    return segments(choices, value, (next) => set(next === undefined ? undefined : Number(next)));
  }
  if (spec.kind === "number") return slider(spec, value, set);
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

function slider({ label, min = 0, max = 100 }: OptionSpec, value: Value, set: SetValue): TemplateResult {
  return html`<span class="slider">
    <input
      type="range"
      aria-label=${label}
      min=${min}
      max=${max}
      .value=${live(String(value ?? max))}
      @input=${(event: Event) => set(Number((event.target as HTMLInputElement).value))}
    />
    <output>${value ?? "–"}</output>
  </span>`;
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
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      (event.target as HTMLElement).blur();
    }}
  />`;
}
