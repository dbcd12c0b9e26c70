import type { ImageLimits } from "../../../src/seam/view.ts";

const MB = 1024 * 1024;

/** Shortest time between two edits of a message, in ms: Slack takes about fifty a minute from the whole app. */
const paceMs = 3000;

/** Ms between two looks at whether Slack has a file ready. It takes 3 to 5 s. */
const pollMs = 700;

/** Ms after which a sketch that is still not ready is given up: the next one is better than a late one. */
export const sketchMs = 12_000;

/** Ms after which a finished picture that is still not ready is shown in another way. */
export const readyMs = 25_000;

/** Ms for all that is tried at once to show a last view: after that the core says when to try again. */
const showMs = 50_000;

/** Ms a request to Slack may take, and one that nobody waits for any more after that. */
const requestMs = 15_000;
const quickMs = 10_000;

/** Ms after which an edit whose answer got lost has been made, or never will be. */
const settleMs = 10_000;

/** Ms an answer's address may be used, and how often. Source: “Handling user interaction” in Slack's documentation. */
export const responseUrl = { lifeMs: 29 * 60 * 1000, uses: 5 } as const;

/** Ms between two signs of life in the assistant's status line, which Slack clears after two minutes. */
export const statusMs = 90_000;

/** Ms between two signs of life in a session of an agent, which Slack takes for over after an hour. */
export const sessionMs = 25 * 60_000;

/** Ms to wait for the messages of a thread: nothing is drawn before it is known which pictures are above. */
export const threadMs = 2000;

/** How long the reading of a file may take, in ms. */
export const downloadMs = 60_000;

/** Source: Slack's references of blocks, views and messages. */
export const slackLimits = {
  alt: 2000,
  section: 3000,
  sections: 4,
  /** Characters of all blocks of a message, with some to spare: bolt-js issue 2509 measured 13 200. */
  blockText: 13_000,
  contextText: 2000,
  fallbackText: 300,
  rowButtons: 5,
  buttonLabel: 75,
  modalTitle: 24,
  modalButton: 24,
  label: 2000,
  placeholder: 150,
  optionText: 75,
  options: 100,
  header: 150,
  textInput: 3000,
  files: 10,
  metadata: 3000,
  threadTitle: 100,
  sessionTitle: 200,
  status: 100,
  images: 10,
  /** The core's, so that nothing is typed or uploaded in vain. */
  styleName: 32,
  styleWords: 2000,
  styleFiles: 4,
} as const;

/** What Slack shows in one message. It would take a gigabyte; nobody waits for that. Never WebP: an image block refuses it. */
export const imageLimits: ImageLimits = {
  bytes: 20 * MB,
  mediaTypes: ["image/png", "image/jpeg", "image/gif"],
  images: slackLimits.images,
};

/** What a request over HTTP may take. Slack itself gives up after three seconds. */
export const httpLimits = {
  /** Bytes of one body. Slack's largest are forms of a few hundred kB. */
  body: MB,
  /** Bytes up to which a body is small, and may be read beside any number of others. */
  small: MB / 16,
  /** Larger ones that are read at the same time, and the ms that one has before it makes room for the next. */
  large: 2,
  largeMs: 250,
  /** Bytes of a body that need not be signed: Slack's look at our certificate. */
  unsigned: 1024,
  /** Seconds a timestamp may be off. Source: “Verifying requests from Slack”. */
  skewS: 300,
  headers: 64,
  /** Connections whose request is not there yet; one more, and the oldest is cut off. */
  connections: 256,
  /** Connections that the system holds until we look at them. Where they are too few, it has new ones wait for seconds. */
  backlog: 4096,
  /** Ms until the headers, and the whole request, have to be there, and between two looks whether they are. */
  headersMs: 5000,
  requestMs: 5000,
  checkMs: 500,
} as const;

/** Times that tests shorten, all in ms. */
export interface Timing {
  /** Shortest time between two edits of a message. */
  readonly paceMs: number;
  /** Between two looks at whether a file is ready. */
  readonly pollMs: number;
  /** Before a try is made again. */
  readonly retryMs: readonly number[];
  /** For all that is tried at once to show a last view. */
  readonly showMs: number;
  /** For a request, and for one that may be dropped. */
  readonly requestMs: number;
  readonly quickMs: number;
  /** Until an edit whose answer got lost has been made, or never will be. */
  readonly settleMs: number;
  /** Until a process for which Slack has no socket asks again. */
  readonly fullMs: number;
}

/** What Slack likes. */
export const usualTiming: Timing = {
  ...{ paceMs, pollMs, showMs, requestMs, quickMs, settleMs },
  fullMs: 60_000,
  retryMs: [1000, 3000, 8000, 20_000],
};
