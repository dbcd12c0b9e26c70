import { html, type TemplateResult } from "lit-html";
import { type Dialog, openDialog } from "../look/dialog.ts";
import { icon, mark } from "../look/icons.ts";
import { thumbnail } from "../look/small.ts";
import { api } from "../server/api.ts";
import { fetchedThreads, type State } from "../state/store.ts";
import { when } from "../text/format.ts";

/** Asks for a thread: its id, `new` for one that begins with it; undefined for none. */
export function chooseThread(state: State): Promise<string | undefined> {
  const fetched = fetchedThreads(state);
  let threads = fetched;
  let request = new AbortController();
  async function search(query: string, dialog: Dialog<string>): Promise<void> {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    // Where it cannot be looked for, those that are known stay.
    const found = query.trim() ? await api.search(query, signal).catch(() => fetched) : fetched;
    if (signal.aborted || dialog.signal.aborted) return;
    threads = found;
    dialog.draw();
  }

  return openDialog<string>("Use as reference in", "sheet", (dialog) => {
    return html`
      <h2>Use as reference in</h2>
      ${
        fetched.length > 6 || state.hasMoreThreads
          ? html`<label class="search">
              ${icon("search")}
              <input
                type="search"
                aria-label="Search all threads"
                placeholder="Search all threads"
                autocomplete="off"
                @input=${(event: Event) => void search((event.target as HTMLInputElement).value, dialog)}
              />
            </label>`
          : ""
      }
      <div class="menu tall" role="group" aria-label="Threads">
        <button type="button" class="menu-item" autofocus @click=${() => dialog.close("new")}>
          <span class="cover">${icon("plus")}</span><span>A new thread</span>
        </button>
        ${threads.map((thread) => row(thread, thread.id === state.open, dialog))}
      </div>
      <div class="sheet-buttons">
        <button type="button" class="button" @click=${() => dialog.close()}>Leave it</button>
      </div>
    `;
  });
}

/** Asks which of the threads that were deleted is to come back: its id; undefined for none. */
export function chooseDeleted(deleted: State["deleted"]): Promise<string | undefined> {
  return openDialog<string>(
    "Deleted lately",
    "sheet",
    (dialog) => html`
      <h2>Deleted lately</h2>
      <p>${deleted.length > 0 ? "What was deleted can be brought back for an hour. Choose a thread." : "There is nothing that could be brought back any more."}</p>
      <div class="menu tall" role="group" aria-label="Deleted threads">
        ${deleted.map(
          ({ id, title }) => html`<button type="button" class="menu-item" @click=${() => dialog.close(id)}>
            ${icon("undo")}<span>${title}</span>
          </button>`,
        )}
      </div>
      <div class="sheet-buttons">
        <button type="button" class="button" autofocus @click=${() => dialog.close()}>Close</button>
      </div>
    `,
  );
}

function row(
  { id, title, cover, updatedAt }: State["threads"][number],
  isOpen: boolean,
  dialog: Dialog<string>,
): TemplateResult {
  return html`<button type="button" class="menu-item" @click=${() => dialog.close(id)}>
    <span class="cover">${cover ? html`<img src=${thumbnail(cover)} alt="" loading="lazy" decoding="async" />` : mark()}</span>
    <span class="menu-words"
      ><span>${title}</span><small>${isOpen ? "This thread" : when(updatedAt, Date.now())}</small></span
    >
  </button>`;
}
