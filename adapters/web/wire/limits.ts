import type { ImageLimits } from "../../../src/seam/view.ts";

const MB = 1024 * 1024;

/** What the playground shows in one message. */
export const imageLimits: ImageLimits = {
  bytes: 50 * MB,
  mediaTypes: ["image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml"],
  images: 10,
};

/** Shortest time between two shows. Local and free, so only as slow as an eye needs. */
export const paceMs = 150;

/** What a person is told they may send; the core holds them to the same. */
export const askLimits = { attachments: 16, bytes: 50 * MB, text: 32_000 } as const;

/** What the server takes at all. Wider than `askLimits`, so that the core's own words reach the person. */
export const wireLimits = {
  /** Bytes of one request. */
  body: 256 * MB,
  attachments: 20,
  /** Bytes of one file. */
  file: 50 * MB,
  /** Parts of one form. */
  parts: 64,
  text: 200_000,
  /** Bytes of one field of words: enough for more letters than it may have. */
  field: 1_000_000,
  title: 200,
  /** Pixels of a picture that is kept; a larger one only passes through to the core. */
  pixels: 120_000_000,
  /** Requests above `smallBody` bytes that are read at the same time. */
  uploads: 4,
  smallBody: MB,
} as const;
