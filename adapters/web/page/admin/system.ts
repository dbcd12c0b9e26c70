import { html, type TemplateResult } from "lit-html";
import type { Health, SettingInForce } from "../../admin/messages.ts";
import type { State } from "./state.ts";
import { at, megabytes, platform, span } from "./words.ts";

const names: Readonly<Record<string, string>> = { running: "Takes turns", store: "Store answers" };

/** How the process is, and what it was started with. */
export function systemSection({ health, settings }: State): TemplateResult {
  if (!health || !settings) return html`<p class="quiet" role="status">Looking…</p>`;
  const isAlone = health.length === 1;
  const each = health.map((one) => (isAlone ? facts(one) : html`<h2>${one.process}</h2> ${facts(one)}`));
  return html`${each} ${inForce(settings)}`;
}

function facts(health: Health): TemplateResult {
  const { version, upSince, parts, store, painter, memory, lag } = health;
  const rows: readonly (readonly [string, string | TemplateResult])[] = [
    ...Object.entries(parts).map(
      ([name, isWell]) => [names[name] ?? `${platform(name)} connected`, yes(isWell)] as const,
    ),
    ["Draws", painter.standIn ? `${painter.name}: placeholders, nothing is sent to OpenAI` : painter.name],
    ["Store", store],
    ["Version", version],
    ["Up since", `${at(upSince)} (${span(Date.now() - upSince)})`],
    ["Memory", `${megabytes(memory.residentBytes)}, ${megabytes(memory.heapBytes)} of it JavaScript’s`],
    ["Event loop", `${lag.medianMs} ms late at the median, ${lag.mostMs} ms at most since the last look`],
  ];
  return html`<dl class="facts short">
    ${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

function yes(isWell: boolean): TemplateResult {
  return html`<span class="phase" data-phase=${isWell ? "well" : "grave"}>${isWell ? "Yes" : "No"}</span>`;
}

function inForce(settings: readonly SettingInForce[]): TemplateResult {
  const parts = [...new Set(settings.map(({ part }) => part))];
  return html`
    <h2>Settings</h2>
    <p class="quiet">
      As this process was started with. They are changed in its environment, or in <code>.env</code>, and hold from
      the next start on.
    </p>
    ${parts.map(
      (part) => html`
        <h3>${part}</h3>
        <dl class="facts">${settings.filter((setting) => setting.part === part).map(setting)}</dl>
      `,
    )}
  `;
}

function setting({ name, about, value, isSet }: SettingInForce): TemplateResult {
  return html`<div>
    <dt><code>${name}</code><span class="quiet">${about}</span></dt>
    <dd class=${isSet ? "" : "quiet"}>${value}</dd>
  </div>`;
}
