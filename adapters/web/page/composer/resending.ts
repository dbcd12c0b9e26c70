import { html, nothing, type TemplateResult } from "lit-html";
import type { State } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";

/** That the server does not answer, and what becomes of the words meanwhile. */
export function resending({ sendings, open }: State, studio: Studio): TemplateResult | typeof nothing {
  if (!sendings.get(open)?.again) return nothing;
  return html`<p class="resending" role="status">
    <span>The server is not answering. What you wrote is kept, and sent again until it does.</span>
    <button type="button" class="link" @click=${() => studio.stopSending()}>Stop</button>
  </p>`;
}
