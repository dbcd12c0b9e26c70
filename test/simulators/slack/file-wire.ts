import type { Fields } from "./fields.ts";
import type { Files } from "./files.ts";
import type { StoredFile, World } from "./world.ts";

/** Shows files as the API does. */
export type FileWire = (file: StoredFile) => Fields;

/**
 * A file object. Before Slack is done with it, type and thumbnails are missing: node-slack-sdk issues 2040 and 2170. A
 * stranger's file in a shared channel is only a stub. Source: docs.slack.dev, reference/objects/file-object.
 */
export function createFileWire({
  world,
  files,
  origin,
}: {
  world: World;
  files: Files;
  origin: () => string;
}): FileWire {
  return (file) => {
    if (file.deleted) return { id: file.id, mode: "tombstone" };
    const created = Math.floor(file.createdMs / 1000);
    const ready = files.isReady(file);
    const { team } = file.owner;
    const path = `${origin()}/files-pri/${team.id}-${file.id}`;
    const name = encodeURIComponent(file.name);
    const ids = (kind: string) =>
      [...file.shares.keys()].filter((id) => world.channels.get(id)?.kind === kind);
    const thumb = ready && file.width !== undefined ? { thumb_360: `${path}/thumb_360/${name}` } : {};
    return {
      id: file.id,
      created,
      timestamp: created,
      name: file.name,
      title: file.title,
      mimetype: ready ? file.mimetype : "",
      filetype: ready ? file.filetype : "",
      pretty_type: ready ? file.filetype.toUpperCase() : "",
      user: file.owner.id,
      user_team: team.id,
      editable: file.snippet,
      size: file.bytes.length,
      mode: file.external ? "external" : file.snippet ? "snippet" : "hosted",
      is_external: file.external !== undefined,
      external_type: file.external ? "gdrive" : "",
      is_public: ids("public").length > 0,
      public_url_shared: false,
      display_as_bot: false,
      username: "",
      url_private: file.external ?? `${path}/${name}`,
      ...(file.external ? {} : { url_private_download: `${path}/download/${name}` }),
      permalink: `https://${team.domain}.slack.com/files/${file.owner.id}/${file.id}/${name}`,
      permalink_public: `https://slack-files.com/${team.id}-${file.id}-0000000000`,
      ...(file.alt ? { alt_txt: file.alt } : {}),
      ...(ready && file.width ? { original_w: file.width, original_h: file.height, ...thumb } : {}),
      media_display_type: "unknown",
      channels: ids("public"),
      groups: [...ids("private"), ...ids("mpim")],
      ims: ids("im"),
      shares: sharesOf(file, world),
      file_access: "visible",
    };
  };
}

/** What an event of a Connect channel says of a file from the other workspace: only `files.info` tells the rest. */
export function toStub(file: StoredFile): Fields {
  return {
    id: file.id,
    created: 0,
    timestamp: 0,
    user: "",
    mode: "file_access",
    file_access: "check_file_info",
  };
}

function sharesOf(file: StoredFile, world: World): Fields {
  const of = (isPublic: boolean) =>
    Object.fromEntries(
      [...file.shares]
        .filter(([id]) => (world.channels.get(id)?.kind === "public") === isPublic)
        .map(([id, stamps]) => [id, stamps.map((ts) => ({ ts }))]),
    );
  const [open, closed] = [of(true), of(false)];
  return {
    ...(Object.keys(open).length > 0 ? { public: open } : {}),
    ...(Object.keys(closed).length > 0 ? { private: closed } : {}),
  };
}
