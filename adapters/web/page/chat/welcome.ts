import { html, nothing, type TemplateResult } from "lit-html";
import { mark } from "../look/icons.ts";
import type { State } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";

const examples = [
  "A lighthouse on a cliff at dawn, watercolour",
  "A sleepy fox in a misty forest",
  "A cat and an otter hugging",
  "Two robots playing chess in the desert",
] as const;

/** A thread in which nothing has been asked yet. */
export function welcome({ about }: State, studio: Studio): TemplateResult {
  return html`
    <section class="welcome">
      ${mark()}
      <h2>What shall we draw?</h2>
      <p>Say it in your own words. Watch it develop, then say what to change.</p>
      <ul class="examples" aria-label="Examples">
        ${examples.map(
          (text) =>
            html`<li><button type="button" @click=${() => studio.drawNow(text)}>${text}</button></li>`,
        )}
      </ul>
      ${
        about?.painter.standIn
          ? html`<p class="stand-in-note">
            These pictures come from the offline stand-in, not from OpenAI. Set <code>OPENAI_API_KEY</code> to get
            real ones.
          </p>`
          : nothing
      }
    </section>
  `;
}
