import { refuse, refuseWith } from "./api-error.ts";
import { type Args, needObjects } from "./args.ts";
import { openChannel, threadRoot } from "./channels.ts";
import { parseContent } from "./content.ts";
import { toText } from "./fields.ts";
import type { FileWire } from "./file-wire.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import { limits } from "./limits.ts";
import type { Method } from "./method.ts";
import type { Posts } from "./posts.ts";
import type { StoredFile, World } from "./world.ts";

/** `files.*`. Source: docs.slack.dev, messaging/working-with-files and reference/methods/files.*. */
export function createFileMethods(parts: {
  world: World;
  files: Files;
  fileWire: FileWire;
  posts: Posts;
  ids: Ids;
  origin: () => string;
}): readonly Method[] {
  const { world, files, fileWire, posts, origin } = parts;

  function visible(id: string): StoredFile {
    const file = files.find(id);
    if (!file || !files.isVisible(file)) throw refuse("file_not_found");
    return file;
  }

  function where(args: Args) {
    const id = args.text("channel_id") ?? args.text("channels");
    const threadTs = args.text("thread_ts");
    if (id === undefined) {
      if (threadTs !== undefined) throw refuseWith("invalid_arguments", ["thread_ts needs a channel_id"]);
      return undefined;
    }
    // Unlike chat.postMessage, this takes no id of a user.
    const channel = openChannel(world, id);
    if (!channel.members.has(world.bot.id)) throw refuse("not_in_channel");
    return { channel, ...(threadTs ? { threadTs: threadRoot(channel, threadTs).ts } : {}) };
  }

  return [
    {
      name: "files.getUploadURLExternal",
      scopes: ["files:write"],
      tier: 4,
      run(args) {
        const name = args.need("filename");
        const length = args.number("length");
        if (length === undefined || !Number.isInteger(length) || length <= 0)
          throw refuseWith("invalid_arguments", ["must be greater than 0 [json-pointer:/length]"]);
        if (length > limits.fileBytes) throw refuse("file_upload_size_restricted");
        // The documented name is alt_txt; alt_text is passed over, as by Slack with every unknown argument.
        const alt = args.text("alt_txt");
        if ((alt?.length ?? 0) > limits.fileAlt)
          throw refuseWith("invalid_arguments", [
            `must be less than ${limits.fileAlt + 1} characters [json-pointer:/alt_txt]`,
          ]);
        const { ticket, file } = files.announce({ name, length, owner: world.bot, ...(alt ? { alt } : {}) });
        return { upload_url: `${origin()}/upload/v1/${ticket}`, file_id: file.id };
      },
    },
    {
      name: "files.completeUploadExternal",
      scopes: ["files:write"],
      tier: 4,
      run(args) {
        const listed = needObjects(args.json("files", "invalid_arguments"), "invalid_arguments");
        if (listed.length === 0) throw refuseWith("invalid_arguments", ["missing required field: files"]);
        const uploads = listed.map((one) => {
          const upload = files.pending(String(one.id));
          if (!upload?.received) throw refuse("file_not_found");
          return { upload, title: toText(one.title) };
        });
        const place = where(args);
        // With a comment the blocks are passed over. docs: reference/methods/files.completeUploadExternal
        const comment = args.text("initial_comment");
        const content =
          comment === undefined ? parseContent(args, parts, { allowNothing: true }) : { text: comment };
        const done = uploads.map(({ upload, title }) => files.complete(upload, title));
        if (place)
          posts.post({
            ...place,
            author: world.bot,
            text: content.text ?? "",
            ...("blocks" in content && content.blocks ? { blocks: content.blocks } : {}),
            files: done,
          });
        return { files: done.map(fileWire) };
      },
    },
    {
      name: "files.info",
      scopes: ["files:read"],
      tier: 4,
      run: (args) => ({
        file: fileWire(visible(args.need("file"))),
        comments: [],
        response_metadata: { next_cursor: "" },
      }),
    },
    {
      name: "files.delete",
      scopes: ["files:write"],
      tier: 3,
      run(args) {
        const file = world.files.get(args.need("file"));
        if (!file || !files.isVisible(file)) throw refuse("file_not_found");
        if (file.deleted) throw refuse("file_deleted");
        if (file.owner !== world.bot) throw refuse("cant_delete_file");
        file.deleted = true;
        // A message that was nothing but this file goes with it.
        for (const [channelId, stamps] of file.shares)
          for (const ts of stamps) {
            const message = world.channels.get(channelId)?.messages.get(ts);
            if (!message || message.deleted) continue;
            const left = message.files.filter(({ deleted }) => !deleted);
            if (left.length === 0 && message.text === "" && message.blocks.length === 0)
              posts.remove(message);
            else posts.change(message, {});
          }
        return {};
      },
    },
    {
      name: "files.list",
      scopes: ["files:read"],
      tier: 3,
      run(args) {
        const channel = args.text("channel");
        const found = [...world.files.values()].filter(
          (file) => !file.deleted && files.isVisible(file) && (!channel || file.shares.has(channel)),
        );
        return { files: found.map(fileWire), paging: { count: 100, total: found.length, page: 1, pages: 1 } };
      },
    },
    {
      // A bot may not make a file public. docs: reference/methods/files.sharedPublicURL, "User token"
      name: "files.sharedPublicURL",
      tier: 3,
      run() {
        throw refuse("not_allowed_token_type");
      },
    },
  ];
}
