import { html, nothing, type TemplateResult } from "lit-html";
import { icon, mark } from "../look/icons.ts";
import { theme } from "../look/theme.ts";
import { failuresSection } from "./failures.ts";
import { nowSection } from "./now.ts";
import { rulesSection } from "./rules.ts";
import { spendingSection } from "./spending.ts";
import { type Actions, type SectionName, type State, sections } from "./state.ts";
import { systemSection } from "./system.ts";

const views: Readonly<Record<SectionName, (state: State, actions: Actions) => TemplateResult>> = {
  now: nowSection,
  spending: spendingSection,
  rules: rulesSection,
  failures: failuresSection,
  system: systemSection,
};

/** The whole page. */
export function frame(state: State, actions: Actions): TemplateResult {
  const open = sections.find(({ name }) => name === state.section) ?? sections[0];
  return html`
    <a class="skip" href="#main" @click=${skip}>Skip to the content</a>
    <header class="bar">
      <div class="bar-inside">
        <span class="brand">${mark()} <span>Drawbridge <span class="quiet">Admin</span></span></span>
        <span class="bar-end">
          <button
            type="button"
            class="tool"
            aria-label=${theme() === "dark" ? "Light" : "Dark"}
            @click=${actions.turnTheme}
          >
            ${icon(theme() === "dark" ? "sun" : "moon")}
          </button>
          ${
            state.signedIn
              ? html`<form method="post" action="/admin/logout">
                  <button type="submit" class="button small">Sign out</button>
                </form>`
              : nothing
          }
        </span>
      </div>
      <nav class="tabs" aria-label="Sections">
        ${sections.map(
          ({ name, label }) =>
            html`<a href=${`#${name}`} aria-current=${name === state.section ? "page" : nothing}>${label}</a>`,
        )}
      </nav>
    </header>
    <main id="main" class="content" tabindex="-1">
      <h1>${open.label}</h1>
      ${
        state.isLive
          ? nothing
          : html`<p class="card lantern" role="status">
              The line to the server is down. It is picked up again by itself; what stands here is from before.
            </p>`
      }
      ${
        state.trouble
          ? html`<div class="card danger row" role="alert">
              <p>${state.trouble}</p>
              <span class="pair">
                <button type="button" class="button small" @click=${actions.retry}>Try again</button>
                <button type="button" class="link" @click=${actions.dismiss}>Close</button>
              </span>
            </div>`
          : nothing
      }
      ${views[state.section](state, actions)}
    </main>
  `;
}

/** The address after # names a section, so that it cannot name the content, too. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main")?.focus();
}
