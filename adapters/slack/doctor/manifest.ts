import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Finding, ill, well } from "../../../src/seam/watch/finding.ts";
import type { Mode } from "../wire/gateway.ts";

/** An app's manifest, ours or that of the app at Slack: as much of it as we ask for. */
export interface Manifest {
  readonly features?: {
    readonly app_home?: object;
    readonly agent_view?: unknown;
    readonly assistant_view?: unknown;
    readonly bot_user?: unknown;
    readonly shortcuts?: readonly { readonly name?: string; readonly callback_id?: string }[];
    readonly slash_commands?: readonly { readonly command?: string; readonly url?: string }[];
  };
  readonly settings?: {
    readonly event_subscriptions?: { readonly request_url?: string; readonly bot_events?: readonly string[] };
    readonly interactivity?: { readonly is_enabled?: boolean; readonly request_url?: string };
    readonly socket_mode_enabled?: boolean;
    readonly token_rotation_enabled?: boolean;
  };
}

/** The manifest that the app is to be made from. */
export function readManifest(): Manifest {
  return parse(readFileSync(new URL("../manifest.yaml", import.meta.url), "utf8")) as Manifest; // a file of ours
}

/** What the app at Slack lacks of what our manifest asks for. `appId`: for the address where to mend it. */
export function compareManifests(
  wanted: Manifest,
  found: Manifest,
  { mode, appId }: { readonly mode: Mode["kind"]; readonly appId: string },
): readonly Finding[] {
  const page = `https://api.slack.com/apps/${appId}`;
  const missing = [...missingFeatures(wanted, found), ...missingEvents(wanted, found)];
  const paste = `Paste adapters/slack/manifest.yaml at ${page}/app-manifest, save, and reinstall the app.`;
  return [
    missing.length > 0
      ? ill("slack.features", "error", `The app lacks ${missing.join(", ")}`, paste)
      : well("slack.features", "The app has every feature and event that the manifest asks for"),
    sayView(wanted, found, paste),
    ...sayDelivery(found, mode, page),
    ...(found.settings?.token_rotation_enabled
      ? [
          ill(
            "slack.rotation",
            "error",
            "Token rotation is on, so SLACK_BOT_TOKEN ends within twelve hours",
            `It cannot be turned off again: make the app anew from adapters/slack/manifest.yaml at https://api.slack.com/apps.`,
          ),
        ]
      : []),
  ];
}

function missingFeatures(
  { features: wanted = {} }: Manifest,
  { features: found = {} }: Manifest,
): readonly string[] {
  const commands = new Set(found.slash_commands?.map(({ command }) => command));
  const shortcuts = new Set(found.shortcuts?.map(({ callback_id: id }) => id));
  return [
    ...(wanted.slash_commands ?? []).flatMap(({ command }) =>
      commands.has(command) ? [] : [`the command ${command}`],
    ),
    ...(wanted.shortcuts ?? []).flatMap(({ name, callback_id: id }) =>
      shortcuts.has(id) ? [] : [`the shortcut “${name}” (${id})`],
    ),
    ...Object.entries(wanted.app_home ?? {}).flatMap(([name, value]) =>
      (new Map(Object.entries(found.app_home ?? {})).get(name) ?? false) === value
        ? []
        : [`App Home's ${name}: ${value}`],
    ),
    ...(wanted.bot_user && !found.bot_user ? ["its bot user"] : []),
  ];
}

function missingEvents(
  { settings: wanted = {} }: Manifest,
  { settings: found = {} }: Manifest,
): readonly string[] {
  const subscribed = found.event_subscriptions?.bot_events ?? [];
  const events = (wanted.event_subscriptions?.bot_events ?? []).filter((name) => !subscribed.includes(name));
  return [
    ...(events.length > 0 ? [`the events ${events.join(" and ")}`] : []),
    ...(wanted.interactivity?.is_enabled && !found.interactivity?.is_enabled ? ["interactivity"] : []),
  ];
}

const views = { agent_view: "agent", assistant_view: "assistant" } as const;
const viewNames = ["agent_view", "assistant_view"] as const;

/** An app has the one or the other of them: both work, and the manifest's is what is tested most. */
function sayView(
  { features: wanted = {} }: Manifest,
  { features: found = {} }: Manifest,
  paste: string,
): Finding {
  const asked = viewNames.find((name) => wanted[name] !== undefined);
  const has = viewNames.find((name) => found[name] !== undefined);
  if (asked === undefined || asked === has) {
    return well("slack.view", has ? `The app has the ${views[has]} view` : "The app has no view of its own");
  }
  if (has === undefined) {
    return ill(
      "slack.view",
      "error",
      `The app has no ${views[asked]} view, so nobody finds it at the top of Slack`,
      paste,
    );
  }
  const words = `The app has the ${views[has]} view; the manifest has the ${views[asked]} view`;
  return ill("slack.view", "warning", words, `It works as it is. To have the other one: ${paste}`);
}

/** Events go where the app says: into a socket, or to an address. */
function sayDelivery(
  { settings = {}, features = {} }: Manifest,
  mode: Mode["kind"],
  page: string,
): readonly Finding[] {
  const isSocket = settings.socket_mode_enabled === true;
  if (mode === "socket") {
    if (isSocket) return [];
    return [
      ill(
        "slack.delivery",
        "error",
        "Socket Mode is off in the app, so no event comes in",
        `Turn it on at ${page}/socket-mode. Or leave SLACK_APP_TOKEN out and set SLACK_SIGNING_SECRET.`,
      ),
    ];
  }
  if (isSocket) {
    return [
      ill(
        "slack.delivery",
        "error",
        "Socket Mode is on in the app, so no event comes to the address",
        `Turn it off at ${page}/socket-mode. Or set SLACK_APP_TOKEN.`,
      ),
    ];
  }
  const addresses = [
    ["Event Subscriptions", settings.event_subscriptions?.request_url],
    ["Interactivity & Shortcuts", settings.interactivity?.request_url],
    ...(features.slash_commands ?? []).map(({ command, url }) => [`Slash Commands › ${command}`, url]),
  ] as const;
  const urls = new Set(addresses.map(([, url]) => url));
  const without = addresses.flatMap(([where, url]) => (url ? [] : [where]));
  if (without.length === 0 && urls.size === 1) return [];
  const words =
    without.length > 0
      ? `The app has no Request URL for ${without.join(", ")}`
      : `The app has different Request URLs: ${[...urls].join(", ")}`;
  return [ill("slack.delivery", "error", words, `Give it the same one at ${page}, in each of these places.`)];
}
