import { html, nothing, type TemplateResult } from "lit-html";
import type { WireStyle } from "../../wire/messages.ts";
import { type Dialog, openDialog } from "../look/dialog.ts";
import { api } from "../server/api.ts";
import type { Draft } from "../state/drafts.ts";
import type { State } from "../state/store.ts";
import { setOptions, toStyleName } from "../text/format.ts";

/** Asks for a name and saves a draft's words, options and pictures under it. Resolves with what was saved. */
export function openStyleForm(draft: Draft, { about, styles }: State): Promise<WireStyle | undefined> {
  // A style is not made of another one.
  const { style: _, ...options } = draft.options;
  const chips = setOptions(about?.options ?? [], options);
  let name = "";
  let problem = "";
  let saving = false;

  async function save(dialog: Dialog<WireStyle>, instruction: string): Promise<void> {
    if (saving) return;
    saving = true;
    problem = "";
    dialog.draw();
    try {
      dialog.close(await api.saveStyle(name, { ...draft, text: instruction, options, mask: undefined }));
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      saving = false;
      dialog.draw();
    }
  }

  return openDialog<WireStyle>(
    "Save as style",
    "sheet style-form",
    (dialog): TemplateResult => html`
      <form
        method="dialog"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          const { instruction } = Object.fromEntries(new FormData(event.target as HTMLFormElement));
          void save(dialog, String(instruction ?? "").trim());
        }}
      >
        <h2>Save as style</h2>
        <label class="field"
          >Name<input
            name="name"
            maxlength="60"
            autocomplete="off"
            autocapitalize="none"
            placeholder="ink-wash"
            required
            autofocus
            @input=${(event: Event) => {
              name = toStyleName((event.target as HTMLInputElement).value);
              dialog.draw();
            }}
        /></label>
        <label class="field"
          >How pictures in this style should look<textarea name="instruction" rows="4">${draft.text}</textarea></label>
        ${alongside(chips, draft)}
        <p class="style-note" role="status">${note(name, styles)}</p>
        ${problem ? html`<p class="style-problem" role="alert">${problem}</p>` : nothing}
        <div class="sheet-buttons">
          <button type="button" class="button" @click=${() => dialog.close()}>Cancel</button>
          <button type="submit" class="button primary" ?disabled=${saving}>Save style</button>
        </div>
      </form>
    `,
  );
}

function alongside(chips: ReturnType<typeof setOptions>, draft: Draft): TemplateResult | typeof nothing {
  if (chips.length === 0 && draft.pictures.length === 0) return nothing;
  return html`<div class="style-along">
    <p>Comes along</p>
    ${
      chips.length > 0
        ? html`<p class="style-options">${chips.map(({ label, value }) => html`<span>${label}: ${value}</span>`)}</p>`
        : nothing
    }
    ${
      draft.pictures.length > 0
        ? html`<div class="style-pictures">
            ${draft.pictures.map(({ src, name }) => html`<img src=${src} alt=${name} />`)}
          </div>`
        : nothing
    }
  </div>`;
}

function note(name: string, styles: readonly WireStyle[]): string | TemplateResult {
  if (!name) return "Its words, options and pictures come along whenever you draw with it.";
  if (styles.some((style) => style.name === name)) return `This takes the place of your style “${name}”.`;
  return html`Draw with it by picking it under Options, or with <code>--style ${name}</code>.`;
}
