import { html, nothing } from "lit-html";
import type { WirePlaced } from "../../wire/messages.ts";
import { openDialog } from "../look/dialog.ts";
import { api } from "../server/api.ts";
import { copyText } from "../studio/clipboard.ts";

/** Makes an address by which others see one picture, and ends those there are. `base` is what stands before its path. */
export async function openShare(
  { answer, at }: Pick<WirePlaced, "answer" | "at">,
  base: string,
): Promise<void> {
  let count = await api.links(answer, at);
  let address: string | undefined;
  let said = "";

  await openDialog<undefined>("Share a link", "sheet", (dialog) => {
    const attempt = async (work: () => Promise<string>) => {
      said = await work().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      dialog.draw();
    };
    const make = () =>
      attempt(async () => {
        address = base + (await api.makeLink(answer, at)).path;
        count += 1;
        dialog.draw();
        dialog.element.querySelector<HTMLInputElement>(".link-field input")?.select();
        return "";
      });
    const copy = () => attempt(() => copyText(address ?? "").then(() => "Copied."));
    const end = () =>
      attempt(async () => {
        await api.endLinks(answer, at);
        [count, address] = [0, undefined];
        return "The picture is not shared any more.";
      });
    return html`
      <h2>Share a link</h2>
      <p>
        Whoever has the link sees this picture, without a password, and nothing else: no words, no thread, no other
        picture. It works until you stop sharing it, or delete the picture.
      </p>
      ${
        address === undefined
          ? nothing
          : html`<div class="link-field">
              <input readonly aria-label="Link" .value=${address} @focus=${(event: FocusEvent) => (event.target as HTMLInputElement).select()} />
              <button type="button" class="button primary" @click=${() => void copy()}>Copy</button>
            </div>`
      }
      <p class="menu-note" role="status">
        ${said || (count > 0 ? `${count === 1 ? "One link shows" : `${count} links show`} this picture now.` : "")}
      </p>
      <div class="sheet-buttons">
        <button type="button" class="button" @click=${() => dialog.close()}>Close</button>
        ${count > 0 ? html`<button type="button" class="button" @click=${() => void end()}>Stop sharing</button>` : nothing}
        ${
          address === undefined
            ? html`<button type="button" class="button primary" autofocus @click=${() => void make()}>
                ${count > 0 ? "Make another link" : "Make a link"}
              </button>`
            : nothing
        }
      </div>
    `;
  });
}
