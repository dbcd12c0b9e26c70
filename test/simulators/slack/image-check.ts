import type { Reader } from "./check.ts";
import type { Fields } from "./fields.ts";
import { limits } from "./limits.ts";

/** Says whether a `slack_file` may stand in a block: it is a picture Slack can show, ready, and the bot may see it. */
export type FindImage = (file: Fields) => boolean;

/** Checks what an image block and an image element share. Source: @slack/types, ImageBlock and SlackFile. */
export function checkImage(image: Reader, find: FindImage): void {
  image.text("alt_text", { required: true, max: limits.alt });
  const { image_url, slack_file } = image.fields;
  if ((image_url === undefined) === (slack_file === undefined))
    return void image.fail("must define either `image_url` or `slack_file`");
  if (image_url !== undefined) {
    const url = image.text("image_url", { min: 1, max: limits.imageUrl });
    if (url !== undefined && !/^https?:\/\/[^\s]+$/.test(url)) image.fail("invalid_url", "image_url");
    return;
  }
  const file = image.object("slack_file");
  if (!file) return;
  const { id, url } = file.fields;
  if ((id === undefined) === (url === undefined)) return void file.fail("must define either `id` or `url`");
  file.only(["id", "url"]);
  if (!find(file.fields)) file.fail("invalid slack file");
}
