import type { Log } from "../../../src/seam/log.ts";

/** What the bot is allowed at all, by Slack's names. The manifest asks for exactly these. */
export const scopes = [
  "app_mentions:read",
  "assistant:write",
  "channels:history",
  "chat:write",
  "commands",
  "files:read",
  "files:write",
  "groups:history",
  "im:history",
  "im:write",
  "mpim:history",
  "usergroups:read",
  "users:read",
] as const;

/** The events that an agent is told of. The manifest subscribes to exactly these. */
export const events = [
  "agent_session_stopped",
  "app_context_changed",
  "app_home_opened",
  "app_mention",
  "message.channels",
  "message.groups",
  "message.im",
  "message.mpim",
] as const;

/** What is missing, as Slack calls it. `granted`: undefined where Slack does not say. */
export function missingScopes(granted: readonly string[] | undefined): readonly string[] {
  return granted ? scopes.filter((scope) => !granted.includes(scope)) : [];
}

/** For those who cannot add a scope themselves. */
export function scopeWords(scope: string): string {
  return `Slack has not granted me ${scope}. An admin has to add that scope under OAuth & Permissions and reinstall the app.`;
}

/** Tells the log of each scope once, however often it is missed. */
export function createMissing(log: Log): (scopes: readonly string[]) => void {
  const said = new Set<string>();
  return (scopes) => {
    const missing = scopes.filter((scope) => !said.has(scope));
    if (missing.length === 0) return;
    for (const scope of missing) said.add(scope);
    log.warn({ missing, hint: scopesHint(missing) }, "slack.scopes.missing");
  };
}

/** Tells the log once that nobody can stop what it does by Slack's own button. */
export function createUnstoppable(log: Log): () => void {
  let isSaid = false;
  return () => {
    if (isSaid) return;
    isSaid = true;
    const hint =
      "Slack shows no button to stop me, because the app does not subscribe to agent_session_stopped. Add it under Event Subscriptions (or paste adapters/slack/manifest.yaml again) and reinstall the app.";
    log.warn({ hint }, "slack.stop.missing");
  };
}

/** What to do about missing scopes, in one line. */
function scopesHint(missing: readonly string[]): string {
  return `Slack has not granted ${missing.join(", ")}. Add ${missing.length === 1 ? "it" : "them"} under OAuth & Permissions (or paste adapters/slack/manifest.yaml again) and reinstall the app.`;
}
