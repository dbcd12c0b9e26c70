import type { Cdn, StoredFile } from "./cdn.ts";
import { type Fields, isFields } from "./form.ts";

/** `attachment://name` becomes a link, and what is elsewhere gets one beside its own, with the data Discord adds. */
export function resolveMedia(
  cdn: Cdn,
  node: Fields,
  files: readonly StoredFile[],
  kind: "embed" | "component",
): Fields {
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (Array.isArray(value))
        return [key, value.map((item) => (isFields(item) ? resolveMedia(cdn, item, files, kind) : item))];
      if (!isFields(value)) return [key, value];
      const file = fileOf(value, files);
      const outside = typeof value.url === "string" ? cdn.proxied(value.url) : undefined;
      if (outside) return [key, { ...value, ...outside }];
      if (!file) return [key, resolveMedia(cdn, value, files, kind)];
      return [
        key,
        {
          ...value,
          url: cdn.link(file),
          proxy_url: cdn.link(file),
          ...(file.width && file.height ? { width: file.width, height: file.height } : {}),
          ...(file.contentType ? { content_type: file.contentType } : {}),
          ...(kind === "component" ? { attachment_id: file.id, loading_state: 2, flags: 0 } : {}),
        },
      ];
    }),
  );
}

/** The stored file that an `attachment://` link names. */
export function fileOf(media: Fields, files: readonly StoredFile[]): StoredFile | undefined {
  const name = typeof media.url === "string" ? /^attachment:\/\/(.+)$/.exec(media.url)?.[1] : undefined;
  return name === undefined ? undefined : files.findLast((file) => file.name === name);
}

/** Names after `attachment://` anywhere in a tree. */
export function namedFiles(nodes: readonly unknown[]): Set<string> {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (isFields(node)) {
      if (typeof node.url === "string" && node.url.startsWith("attachment://")) names.add(node.url.slice(13));
      Object.values(node).forEach(walk);
    }
  };
  walk(nodes);
  return names;
}
