import type { ImageLimits } from "../../../src/seam/view.ts";

const MB = 1024 * 1024;

/** Shortest time between two edits of a message, in ms: Discord takes about five in five seconds a channel. */
export const paceMs = 1500;

/** How long an interaction's token is used, in ms: it lives for 15 minutes, and an upload takes its time. */
export const tokenLifeMs = 14 * 60 * 1000;

/** How long a finished picture waits in memory for the press that shows it, in ms; the core brings it again before. */
export const keepMs = 10 * 60 * 1000;

/** How long one attempt to show a last view may take, in ms: the core makes the next. */
export const showMs = 50_000;

/** How long the core may take to note an interaction, in ms: it is to be acknowledged within 3 s. */
export const noteMs = 2200;

/** How long an acknowledgement may take, in ms: Discord gives up on the interaction after 3 s. */
export const acknowledgeMs = 2900;

/** Ms the core may take to name what fits to what is being typed, which must be shown within 3 s. */
export const suggestMs = 1500;

/** Messages that one request brings: as many as Discord gives. */
export const pageMessages = 100;

/** How long looking for the pictures in view may take, in ms: the answer does not begin before. */
export const sightMs = 1500;

/** Bytes of one file where Discord does not say, since August 2026. Source: “Uploading Files” in its reference. */
const uploadBytes = 20 * MB;

/** How long the reading of a file may take, in ms. */
export const downloadMs = 60_000;

/** Source: Discord's references of messages, components and application commands. */
export const discordLimits = {
  /** Characters of all texts of one message in Components V2. */
  text: 4000,
  alt: 1024,
  galleryItems: 10,
  rowButtons: 5,
  buttonLabel: 80,
  customId: 100,
  modalTitle: 45,
  label: 45,
  labelDescription: 100,
  placeholder: 150,
  textInput: 4000,
  files: 10,
  selectOptions: 25,
  commandDescription: 100,
  commandOptions: 25,
  choices: 25,
  choice: 100,
  prompt: 6000,
  /** The core's own limit is less; what is longer is told there. */
  styleName: 100,
  threadName: 100,
} as const;

/** What Discord shows in one message. `bytes`: the `attachment_size_limit` of the interaction, if there is one. */
export function toImageLimits(bytes: number | undefined): ImageLimits {
  return {
    bytes: bytes || uploadBytes,
    mediaTypes: ["image/png", "image/jpeg", "image/webp", "image/gif"],
    images: discordLimits.galleryItems,
  };
}

/**
 * The same for what the bot posts by itself after an interaction: `bytes` of its place. The interaction's limit, `said`,
 * counts the asker's subscription; what is more than even that is refused.
 */
export function toOwnLimits(bytes: number | undefined, said: number | undefined): ImageLimits {
  return toImageLimits(Math.min(bytes || uploadBytes, said || Number.POSITIVE_INFINITY));
}
