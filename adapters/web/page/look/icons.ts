import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit-html";

/** Line icons on a 20 by 20 grid, in the colour of the text around them. */
const paths = {
  plus: svg`<path d="M10 4v12M4 10h12" />`,
  send: svg`<path d="M10 16V4.5M5 9.5l5-5 5 5" />`,
  attach: svg`<rect x="3" y="3.5" width="14" height="13" rx="3" /><circle cx="7.5" cy="8" r="1.4" /><path d="m3.5 14.5 4-3.6 3 2.6 2.7-3 3.6 3.6" />`,
  sliders: svg`<path d="M3 6h7M15 6h2M3 14h2M10 14h7" /><circle cx="12.5" cy="6" r="2.2" /><circle cx="7.5" cy="14" r="2.2" />`,
  close: svg`<path d="m5.5 5.5 9 9M14.5 5.5l-9 9" />`,
  menu: svg`<path d="M3.5 6h13M3.5 10h13M3.5 14h8" />`,
  tree: svg`<circle cx="6" cy="4.5" r="2" /><circle cx="6" cy="15.5" r="2" /><circle cx="14" cy="10" r="2" /><path d="M6 6.5v7M6 7.5c0 2 1.5 2.5 6 2.5" />`,
  sun: svg`<circle cx="10" cy="10" r="3.2" /><path d="M10 2.5v1.8M10 15.7v1.8M2.5 10h1.8M15.7 10h1.8M4.7 4.7l1.3 1.3M14 14l1.3 1.3M15.3 4.7 14 6M6 14l-1.3 1.3" />`,
  moon: svg`<path d="M16 11.8A6.6 6.6 0 0 1 8.2 4a6.6 6.6 0 1 0 7.8 7.8Z" />`,
  help: svg`<circle cx="10" cy="10" r="7" /><path d="M8 8a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M10 13.8v.1" />`,
  more: svg`<path d="M5 10h.01M10 10h.01M15 10h.01" stroke-width="2.4" />`,
  pencil: svg`<path d="m4 16 .8-3.4L13 4.4a1.7 1.7 0 0 1 2.5 2.5l-8.3 8.3L4 16ZM11.8 5.7l2.5 2.5" />`,
  trash: svg`<path d="M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4M11.5 9v4" />`,
  reply: svg`<path d="M8 5 3.5 9.5 8 14M4 9.5h7c3.4 0 5.5 2 5.5 5.5" />`,
  brush: svg`<path d="M8.5 11.5 15 4.2a1 1 0 0 1 1.5 1.4l-6.8 7M8.4 11.4c-1.7-.4-3.1.6-3.4 2.2-.2 1.2-.8 1.8-2 2 1.7 1.2 5.5 1 6.4-1.6.4-1.2 0-2.3-1-2.6Z" />`,
  eraser: svg`<path d="m8 16-4.4-4.4a1.6 1.6 0 0 1 0-2.2L9.4 3.6a1.6 1.6 0 0 1 2.2 0l4.2 4.2a1.6 1.6 0 0 1 0 2.2L9.9 16M6.5 6.5l6.4 6.4M8 16h8.5" />`,
  compare: svg`<rect x="3" y="4" width="14" height="12" rx="2.5" /><path d="M10 2.5v15M6.8 8.4 5.2 10l1.6 1.6M13.2 8.4l1.6 1.6-1.6 1.6" />`,
  reference: svg`<rect x="3" y="6" width="11" height="11" rx="2.5" /><path d="M7 3.2h7.3a2.7 2.7 0 0 1 2.7 2.7V13M8.5 9v5M6 11.5h5" />`,
  download: svg`<path d="M10 3.5v9M6 9l4 4 4-4M4 16.5h12" />`,
  copy: svg`<rect x="7" y="7" width="9.5" height="9.5" rx="2.2" /><path d="M13 4.8A1.8 1.8 0 0 0 11.3 3.5h-6A1.8 1.8 0 0 0 3.5 5.3v6c0 .8.5 1.5 1.3 1.7" />`,
  details: svg`<circle cx="10" cy="10" r="7" /><path d="M10 9.3v4.2M10 6.6v.1" />`,
  undo: svg`<path d="M7.5 4 4 7.5 7.5 11M4.5 7.5h6.8a4.4 4.4 0 0 1 0 8.8H8" />`,
  redo: svg`<path d="M12.5 4 16 7.5 12.5 11M15.5 7.5H8.7a4.4 4.4 0 0 0 0 8.8H12" />`,
  invert: svg`<circle cx="10" cy="10" r="6.8" /><path d="M10 3.2v13.6a6.8 6.8 0 0 0 0-13.6Z" fill="currentColor" />`,
  zoomIn: svg`<circle cx="8.8" cy="8.8" r="5.3" /><path d="m13 13 4 4M8.8 6.6V11M6.6 8.8H11" />`,
  zoomOut: svg`<circle cx="8.8" cy="8.8" r="5.3" /><path d="m13 13 4 4M6.6 8.8H11" />`,
  fit: svg`<path d="M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M12 4h2.5A1.5 1.5 0 0 1 16 5.5V8M16 12v2.5a1.5 1.5 0 0 1-1.5 1.5H12M8 16H5.5A1.5 1.5 0 0 1 4 14.5V12" />`,
  left: svg`<path d="M12 4.5 6.5 10l5.5 5.5" />`,
  right: svg`<path d="M8 4.5 13.5 10 8 15.5" />`,
  down: svg`<path d="M4.5 8 10 13.5 15.5 8" />`,
  check: svg`<path d="m4.5 10.5 3.7 3.7 7.3-8" />`,
  stop: svg`<rect x="5.5" y="5.5" width="9" height="9" rx="2" />`,
  alert: svg`<path d="M10 3.5 17.2 16H2.8L10 3.5ZM10 8.3v3.4M10 13.8v.1" />`,
  spark: svg`<path d="M10 3c.7 4 2.9 6.3 7 7-4.1.7-6.3 3-7 7-.7-4-2.9-6.3-7-7 4.1-.7 6.3-3 7-7Z" />`,
  search: svg`<circle cx="8.8" cy="8.8" r="5.3" /><path d="m13 13 4 4" />`,
  gallery: svg`<rect x="3" y="3.5" width="6" height="7.5" rx="1.8" /><rect x="11" y="3.5" width="6" height="4.5" rx="1.8" /><rect x="3" y="13" width="6" height="3.5" rx="1.6" /><rect x="11" y="10" width="6" height="6.5" rx="1.8" />`,
  star: svg`<path d="m10 3 2.1 4.5 4.9.6-3.6 3.4 1 4.9L10 14l-4.4 2.4 1-4.9L3 8.1l4.9-.6L10 3Z" />`,
  starred: svg`<path class="starred" d="m10 3 2.1 4.5 4.9.6-3.6 3.4 1 4.9L10 14l-4.4 2.4 1-4.9L3 8.1l4.9-.6L10 3Z" />`,
  text: svg`<path d="M4.5 5h11M4.5 9h11M4.5 13h7" />`,
  link: svg`<path d="m8.4 11.6 3.2-3.2M9.2 6.2l2-2a3.3 3.3 0 0 1 4.6 4.6l-2 2M10.8 13.8l-2 2a3.3 3.3 0 0 1-4.6-4.6l2-2" />`,
  bell: svg`<path d="M5.2 13.8V9.2a4.8 4.8 0 0 1 9.6 0v4.6l1.4 1.4H3.8l1.4-1.4ZM8.4 17.2h3.2" />`,
  cycle: svg`<path d="M15.9 8.3A6.2 6.2 0 0 0 4.6 7.2M4.1 11.7a6.2 6.2 0 0 0 11.3 1.1M4.3 3.8v3.6h3.6M15.7 16.2v-3.6h-3.6" />`,
} as const satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof paths;

/** An icon; it says nothing to a screen reader, so what holds it needs a name. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${paths[name]}</svg>`;
}

/** Drawbridge's mark: a gate whose bridge is a pencil. */
export function mark(): TemplateResult {
  return html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect class="mark-ground" width="32" height="32" rx="8" />
    <path class="mark-gate" d="M7 25.5V14.5a9 9 0 0 1 18 0v11" />
    <path class="mark-pencil" d="m8.3 25.9 1-4.7 9.9-9.9 3.7 3.7-9.9 9.9Z" />
    <path class="mark-tip" d="m8.3 25.9.6-2.9 2.3 2.3Z" />
  </svg>`;
}
