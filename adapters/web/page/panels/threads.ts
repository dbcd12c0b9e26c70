import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import { repeat } from "lit-html/directives/repeat.js";
import type { WireThread } from "../../wire/messages.ts";
import { icon, mark } from "../look/icons.ts";
import { thumbnail } from "../look/small.ts";
import { toHash } from "../state/address.ts";
import { listedThreads, type State } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { when } from "../text/format.ts";

/** The list of threads: a column, or a drawer on a phone. */
export function threadList(state: State, studio: Studio): TemplateResult {
  const threads = listedThreads(state);
  // A drawer that is shut shows no covers, so it fetches none.
  const isShut = !state.panel.threads && matchMedia("(max-width: 820px)").matches;
  return html`
    <nav class="threads" aria-label="Threads">
      <div class="brand">
        ${mark()}<span>Drawbridge</span>
        <button
          type="button"
          class="tool threads-close"
          aria-label="Close threads"
          @click=${() => studio.panel("threads", false)}
        >
          ${icon("close")}
        </button>
      </div>
      <button type="button" class="new-thread" @click=${() => studio.newThread()}>
        ${icon("plus")} New thread
      </button>
      <ul class="thread-list">
        ${repeat(
          threads,
          ({ id }) => id,
          (thread) => row(thread, isShut, state, studio),
        )}
        ${repeat(
          state.hasMoreThreads ? [threads.length] : [],
          (length) => length,
          () => html`<li class="threads-more" ${ref((end) => fetchMore(end, studio))}>…</li>`,
        )}
      </ul>
      ${
        threads.length === 0 && state.about
          ? html`<p class="threads-empty">Your pictures will be kept here.</p>`
          : nothing
      }
      ${
        state.about
          ? html`<p class="threads-foot">
            <span>Drawbridge ${state.about.version}</span>
            ${state.about.painter.standIn ? html`<span class="badge stand-in">Stand-in</span>` : nothing}
            ${
              state.about.signedIn
                ? html`<form method="post" action="/logout"><button class="link">Sign out</button></form>`
                : nothing
            }
          </p>`
          : nothing
      }
    </nav>
  `;
}

/** Ends of the list that are watched: each is drawn many times. */
const watched = new WeakSet<Element>();

/** Fetches more when the end of the list comes into view. */
function fetchMore(end: Element | undefined, studio: Studio): void {
  if (!end || watched.has(end)) return;
  watched.add(end);
  const watcher = new IntersectionObserver((seen) => {
    if (!end.isConnected) watcher.disconnect();
    else if (seen.some(({ isIntersecting }) => isIntersecting)) void studio.moreThreads();
  });
  watcher.observe(end);
}

function row(thread: WireThread, isShut: boolean, state: State, studio: Studio): TemplateResult {
  const open = thread.id === state.open;
  const title = thread.title || "Untitled";
  return html`
    <li class="thread ${open ? "open" : ""}">
      <a
        href=${toHash(thread.id)}
        aria-current=${open ? "page" : nothing}
        @click=${(event: MouseEvent) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          studio.open(thread.id);
        }}
      >
        <span class="cover">
          ${thread.cover && !isShut ? html`<img src=${thumbnail(thread.cover)} alt="" loading="lazy" decoding="async" />` : mark()}
        </span>
        <span class="thread-title" title=${title}>${title}</span>
        <time class="thread-time" datetime=${new Date(thread.updatedAt).toISOString()}>
          ${when(thread.updatedAt, Date.now())}
        </time>
      </a>
      <span class="thread-tools">
        <button
          type="button"
          class="tool"
          aria-label="Rename ${title}"
          data-tip="Rename"
          @click=${() => void studio.renameThread(thread.id)}
        >
          ${icon("pencil")}
        </button>
        <button
          type="button"
          class="tool"
          aria-label="Delete thread ${title}"
          data-tip="Delete"
          data-tip-end
          @click=${() => void studio.deleteThread(thread.id)}
        >
          ${icon("trash")}
        </button>
      </span>
    </li>
  `;
}
