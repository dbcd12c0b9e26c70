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
  "users:read",
] as const;

/** The events it is told of. The manifest subscribes to exactly these. */
export const events = [
  "app_home_opened",
  "app_mention",
  "assistant_thread_context_changed",
  "assistant_thread_started",
  "message.channels",
  "message.groups",
  "message.im",
  "message.mpim",
] as const;

/** What is missing, as Slack calls it. `granted`: undefined where Slack does not say. */
export function missingScopes(granted: readonly string[] | undefined): readonly string[] {
  return granted ? scopes.filter((scope) => !granted.includes(scope)) : [];
}

/** What to do about missing scopes, in one line. */
export function scopesHint(missing: readonly string[]): string {
  return `Slack has not granted ${missing.join(", ")}. Add ${missing.length === 1 ? "it" : "them"} under OAuth & Permissions (or paste adapters/slack/manifest.yaml again) and reinstall the app.`;
}
