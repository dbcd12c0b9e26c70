import type { Overwrite } from "../wire/permissions.ts";

/** What the doctor reads of Discord's answers. Each throws where an answer is none of Discord's. */

interface Fields {
  readonly [name: string]: unknown;
}

export function parseUser(answer: unknown): { readonly id: string; readonly username: string } {
  const user = toFields(answer);
  return { id: toText(user.id), username: toText(user.username) };
}

/** The application; `integration_types_config` where Discord says how it can be installed. */
export function parseApplication(answer: unknown) {
  const { id, flags, interactions_endpoint_url: url, integration_types_config: kinds } = toFields(answer);
  return {
    id: toText(id),
    flags: Number(flags ?? 0),
    interactions_endpoint_url: typeof url === "string" ? url : undefined,
    integration_types_config: kinds === undefined || kinds === null ? undefined : toFields(kinds),
  };
}

export function parseGateway(answer: unknown) {
  const limit = toFields(toFields(answer).session_start_limit);
  return {
    remaining: Number(limit.remaining),
    total: Number(limit.total),
    resetAfterMs: Number(limit.reset_after),
  };
}

/** A server, as the bot's own list names it. */
export interface Server {
  readonly id: string;
  readonly name: string;
}

export function parseGuilds(answer: unknown): readonly Server[] {
  return toList(answer).map(parseServer);
}

export function parseServer(answer: unknown): Server {
  const { id, name } = toFields(answer);
  return { id: toText(id), name: toText(name) };
}

/** The server that a channel is in; undefined for one that is in none. */
export function parseHome(answer: unknown): string | undefined {
  const { guild_id: id } = toFields(answer);
  return id === undefined ? undefined : toText(id);
}

/** Who owns a server, and what its roles allow. */
export function parseGuild(answer: unknown) {
  const { id, owner_id: ownerId, roles } = toFields(answer);
  const allowed = new Map(
    toList(roles).map((role) => [toText(role.id), BigInt(toText(role.permissions))] as const),
  );
  return {
    id: toText(id),
    ownerId: toText(ownerId),
    permissionsOf: (role: string) => allowed.get(role) ?? 0n,
  };
}

export function parseMember(answer: unknown): { readonly roles: readonly string[] } {
  const { roles } = toFields(answer);
  if (!Array.isArray(roles)) throw new Error("a member has no list of roles");
  return { roles: roles.map(toText) };
}

/** A channel of a server. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  /** Discord's number. */
  readonly type: number;
  readonly overwrites: readonly Overwrite[];
}

export function parseChannels(answer: unknown): readonly Channel[] {
  return toList(answer).map((channel) => ({
    id: toText(channel.id),
    name: toText(channel.name),
    type: Number(channel.type),
    overwrites: toList(channel.permission_overwrites ?? []).map(({ id, allow, deny }) => ({
      id: toText(id),
      allow: BigInt(toText(allow)),
      deny: BigInt(toText(deny)),
    })),
  }));
}

function toFields(value: unknown): Fields {
  if (typeof value !== "object" || value === null) throw new Error("an object was expected");
  return value as Fields;
}

function toList(value: unknown): readonly Fields[] {
  if (!Array.isArray(value)) throw new Error("a list was expected");
  return value.map(toFields);
}

function toText(value: unknown): string {
  if (typeof value !== "string") throw new Error("words were expected");
  return value;
}
