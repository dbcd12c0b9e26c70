import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { OptionSpec } from "../../../../src/seam/options.ts";
import { icon } from "../look/icons.ts";
import type { Draft } from "../state/drafts.ts";
import type { State } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { inWords, optionValue, setOptions } from "../text/format.ts";
import { control } from "./control.ts";
import { heldValue, type OptionGroup, toGroups, whyIdle } from "./groups.ts";

/** The options table as controls. What is not touched is not sent. */
export function optionControls(state: State, draft: Draft, studio: Studio): TemplateResult {
  const { about } = state;
  return html`
    <section
      id="options"
      class="options"
      role="group"
      aria-label="Options"
      @keydown=${(event: KeyboardEvent) => closeOnEnter(event, studio)}
      ${ref((element) => fitAbove(element))}
    >
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
      ${toGroups(about?.options ?? []).map((each) => group(each, state, draft, studio))}
      ${foot(state, draft, studio)}
    </section>
  `;
}

function group({ title, specs }: OptionGroup, state: State, draft: Draft, studio: Studio): TemplateResult {
  const rows = html`<div class="options-grid">${specs.map((spec) => row(spec, state, draft, studio))}</div>`;
  if (title === undefined) return rows;
  const set = setOptions(specs, draft.options).map(({ label, value }) => `${label}: ${value}`);
  return html`<details class="options-group" @toggle=${bringOpenedIntoView}>
    <summary>
      ${icon("right")}<span class="options-title">${title}</span>
      ${set.length > 0 ? html`<span class="options-set">${set.join(" · ")}</span>` : nothing}
      <span class="options-inside">${specs.map(({ label }) => label).join(", ")}</span>
    </summary>
    ${rows}
  </details>`;
}

function row(spec: OptionSpec, state: State, draft: Draft, studio: Studio): TemplateResult {
  const { name, label } = spec;
  const value = draft.options[name];
  const held = heldValue(name, draft, state.styles, state.defaults);
  const format = draft.options.format ?? heldValue("format", draft, state.styles, state.defaults)?.value;
  const idle = value === undefined && whyIdle(name, String(format ?? "png"), draft.mask !== undefined);
  if (idle) {
    return html`<div class="option idle" role="group" aria-labelledby="option-${name}">
      <p class="option-label" id="option-${name}">${label}</p>
      <p class="option-hint">${idle}</p>
    </div>`;
  }
  const unset = held ? `${whose[held.from]} ${optionValue(spec, held.value)}` : `Not set: ${spec.unset}`;
  return html`
    <div class="option kind-${spec.kind} ${value === undefined ? "" : "set"}" role="group" aria-labelledby="option-${name}">
      <p class="option-label" id="option-${name}">${label}</p>
      ${
        spec.kind === "style"
          ? stylePicker(spec, state, value, studio)
          : control(spec, value, (next) => studio.setOption(name, next))
      }
      <p class="option-hint">
        ${spec.hint}.${value === undefined ? html` <em>${unset}.</em>` : nothing}
      </p>
    </div>
  `;
}

function stylePicker(
  spec: OptionSpec,
  { styles }: State,
  value: string | number | undefined,
  studio: Studio,
): TemplateResult {
  const names = styles.map(({ name }) => name);
  // One that has been removed is still shown, so that it can be let go.
  const all = value === undefined || names.includes(String(value)) ? names : [...names, String(value)];
  return html`<span class="style-picker">
    ${
      all.length > 0
        ? control({ ...spec, values: all.map((name) => ({ value: name, label: name })) }, value, (next) =>
            studio.setOption("style", next),
          )
        : nothing
    }
    <button type="button" class="button small" @click=${() => void studio.showStyles()}>
      ${all.length > 0 ? "Look at styles…" : "About styles…"}
    </button>
  </span>`;
}

const whose = {
  style: "The style has",
  mine: "Your default is",
  channel: "This channel’s default is",
} as const;

/** What is kept for longer than one picture. */
function foot(state: State, draft: Draft, studio: Studio): TemplateResult {
  const specs = state.about?.options ?? [];
  const mine = inWords(specs, state.defaults.mine);
  const channel = inWords(specs, state.defaults.channel);
  return html`<div class="options-foot">
    ${
      mine
        ? html`<p class="options-defaults">
          <span>Your defaults: ${mine}</span>
          <button type="button" class="link" @click=${() => void studio.resetDefaults()}>Reset defaults</button>
        </p>`
        : nothing
    }
    ${
      channel
        ? html`<p class="options-defaults">This channel’s defaults: ${channel}. To end them, write “channel defaults reset”.</p>`
        : nothing
    }
    <div class="options-keep">
      <button type="button" class="button small" @click=${() => void studio.saveStyle()}>Save as style…</button>
      <button
        type="button"
        class="button small"
        ?hidden=${Object.keys(draft.options).length === 0}
        @click=${() => void studio.keepDefaults()}
      >
        Use these from now on
      </button>
    </div>
  </div>`;
}

/** Enter in a field takes its value over and goes back to the prompt; on a button it presses that. */
function closeOnEnter(event: KeyboardEvent, studio: Studio): void {
  const field = event.target;
  if (event.key !== "Enter" || event.isComposing) return;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement) || !field.validity.valid)
    return;
  event.preventDefault();
  field.blur();
  studio.panel("options", false);
  studio.focusComposer();
}

/** What folds open at the lower end would else be out of sight. */
function bringOpenedIntoView({ currentTarget: group }: Event): void {
  if (group instanceof HTMLDetailsElement && group.open) group.scrollIntoView({ block: "nearest" });
}

/** As high as the room between the header and the composer, which grows with its words and pictures. */
function fitAbove(element: Element | undefined): void {
  if (!(element instanceof HTMLElement)) return;
  requestAnimationFrame(() => {
    const [header, composer] = [document.querySelector(".top"), element.closest(".composer")];
    if (!header || !composer) return;
    const room = composer.getBoundingClientRect().top - header.getBoundingClientRect().bottom - 12;
    element.style.setProperty("--room", `${Math.max(200, room)}px`);
  });
}
