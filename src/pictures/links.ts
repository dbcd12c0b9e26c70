import { domainToUnicode } from "node:url";
import { displayName } from "../seam/files/file-name.ts";
import { badFile } from "../seam/files/sent-file.ts";
import type { Attachment } from "../seam/turn.ts";
import { createDownload, type DownloadOptions } from "./download.ts";
import { inputLimits } from "./picture.ts";

/** Pictures that words point to. */
export interface Links {
  /**
   * The pictures a text points to, in order, each once, as attachments that are fetched when they are read: also those
   * beyond what one request takes, which `readInputs` leaves out with a note. `size` is 0, for nobody knows it yet.
   *
   * `read` rejects with BotError `bad_attachment` in a sentence that names host and file only: the rest of an address
   * may hold secrets.
   */
  toAttachments(text: string): readonly Attachment[];
  /** The picture at an address that was not said but shown, whatever the address looks like; it is read as those above. */
  fromAddress(address: string): Attachment;
}

/** Links that are fetched from the public web only; `options` are for tests. */
export function createLinks(options: DownloadOptions = {}): Links {
  const download = createDownload(options);

  function toAttachment(url: URL, type: string | undefined): Attachment {
    const name = nameOf(url);
    return {
      name,
      mediaType: type ? `image/${type}` : "application/octet-stream",
      size: 0,
      source: { kind: "address", address: url.href },
      read: (signal) => download(url, `“${name}”`, signal),
    };
  }

  return {
    toAttachments(text) {
      const links = new Map<string, Link>();
      for (const link of findLinks(text)) links.set(keyOf(link), link);
      return [...links.values()].map(({ url, type }) => toAttachment(url, type));
    },
    fromAddress(address) {
      const url = URL.parse(address);
      if (url?.protocol === "https:" || url?.protocol === "http:") return toAttachment(url, typeOf(url));
      return {
        name: "the picture",
        mediaType: "application/octet-stream",
        size: 0,
        read: () => Promise.reject(badFile("the picture", "has no address on the web. Attach it itself.")),
      };
    },
  };
}

/**
 * The text with its links replaced by words such as “picture 3”, where `first` pictures come before the first link.
 * A label stays: `[my hat](https://…)` becomes “my hat (picture 3)”. A link beyond the last of `most` pictures stays as
 * it is. Pure.
 */
export function withoutLinks(text: string, first: number, most: number = inputLimits.references): string {
  const numbers = new Map<string, number>();
  let words = "";
  let done = 0;
  for (const link of findLinks(text)) {
    const number = numbers.get(keyOf(link)) ?? first + numbers.size + 1;
    if (number > most) continue;
    numbers.set(keyOf(link), number);
    words += text.slice(done, link.start);
    words += link.label ? `${link.label} (picture ${number})` : `picture ${number}`;
    done = link.end;
  }
  return words + text.slice(done);
}

/** Whether two texts point to the same pictures, in the same order. */
export function haveSameLinks(one: string, other: string): boolean {
  const [here, there] = [one, other].map((text) => [...new Set([...findLinks(text)].map(keyOf))]);
  return JSON.stringify(here) === JSON.stringify(there);
}

interface Link {
  readonly url: URL;
  readonly type: string;
  /** Where it stands in the text, with its brackets and label. */
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** Up to what cannot stand in an address, or the next address. Brackets and full stops are looked at later. */
const addresses =
  /(?<![a-z\d])https?:\/\/(?:(?![,;(]https?:\/\/)[^\s\p{C}<>"“”«»`|\\^{}、。，！？；：（）「」『』【】《》])+/giu;

/** Marks that end a sentence or an emphasis rather than an address. */
const closing = new Set(".,;:!?'’*_~…");

function* findLinks(text: string): Generator<Link> {
  let free = 0;
  for (const match of text.matchAll(addresses)) {
    if (match.index < free) continue; // the label or title of the one before
    const address = withoutClosing(match[0]);
    const url = URL.parse(address);
    const type = url && typeOf(url);
    if (!type) continue;
    const around = spanOf(text, match.index, match.index + address.length, free);
    free = around.end;
    yield { url, type, ...around, label: saysNothing(around.label, address) ? "" : around.label };
  }
}

/** Ends before the first bracket that was opened outside the address, and before the marks after it. */
function withoutClosing(run: string): string {
  const open = { ")": 0, "]": 0 };
  let end = 0;
  for (; end < run.length; end++) {
    const mark = run[end];
    if (mark === "(") open[")"]++;
    else if (mark === "[") open["]"]++;
    else if ((mark === ")" || mark === "]") && open[mark]-- === 0) break;
  }
  while (end > 0 && closing.has(run[end - 1] ?? "")) end--;
  return run.slice(0, end);
}

/** What addresses call the types of pictures, and what media types do. */
const types: Readonly<Record<string, string>> = {
  png: "png",
  jpg: "jpeg",
  jpeg: "jpeg",
  pjpg: "jpeg",
  webp: "webp",
  gif: "gif",
  avif: "avif",
  jfif: "jpeg",
  heic: "heic",
  heif: "heic",
  bmp: "bmp",
  tif: "tiff",
  tiff: "tiff",
};

/** Where picture servers are told which type to send, and an address without a file name's ending tells us. */
const formatKeys = ["format", "fm", "ext", "output"];

/** The type of picture an address promises; undefined when it promises none. */
function typeOf({ pathname, searchParams }: URL): string | undefined {
  const [, ending = ""] = pathname.match(/\.([a-z]+)$/i) ?? [];
  const [, step = ""] = pathname.match(/[/,](?:format=|fm=|f_)([a-z]+)(?=[,/]|$)/i) ?? [];
  const asked = [...searchParams].find(([key]) => formatKeys.includes(key.toLowerCase()))?.[1] ?? "";
  const named = [ending, step, asked.replace(/^image\//i, "")].map((name) => name.toLowerCase());
  return named.map((name) => (Object.hasOwn(types, name) ? types[name] : undefined)).find(Boolean);
}

/** A label longer than this is none: it keeps the search for its beginning short. */
const longestLabel = 300;

/** The marks that make an address a link, as Markdown and Slack write them: `[label](address)`, `<address|label>`. */
function spanOf(
  text: string,
  start: number,
  end: number,
  free: number,
): Pick<Link, "start" | "end" | "label"> {
  const after = text.slice(end, end + longestLabel);
  const angle = text[start - 1] === "<" ? after.match(/^(?:\|([^<>\n]*))?>/) : null;
  const span = angle
    ? { start: start - 1, end: end + angle[0].length, label: (angle[1] ?? "").trim() }
    : { start, end, label: "" };
  const tail = text.slice(span.end, span.end + longestLabel).match(/^(?:[^\S\n]+"[^"\n]*")?\)/);
  const head = text
    .slice(Math.max(free, span.start - longestLabel), span.start)
    .match(/!?\[([^[\]\n]*)\]\($/);
  if (!tail || !head) return span;
  return {
    start: span.start - head[0].length,
    end: span.end + tail[0].length,
    label: (head[1] ?? "").trim(),
  };
}

/** Chats make links of bare addresses, with the address for a label. */
function saysNothing(label: string, address: string): boolean {
  return label.includes("://") || label === address.slice(address.indexOf("://") + 3);
}

/** What follows # is for the reader, not for the server. */
function keyOf({ url }: Link): string {
  return url.href.slice(0, url.href.length - url.hash.length);
}

/** Host and file name, as a person would write them. */
function nameOf(url: URL): string {
  const host = domainToUnicode(url.hostname) || url.hostname;
  const file = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  return displayName(file ? `${host}/${decoded(file)}` : host);
}

function decoded(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file; // not every % was meant as an escape
  }
}
