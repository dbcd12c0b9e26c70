import type { ActionName } from "../../../../src/seam/actions.ts";
import type { ImageOptions } from "../../../../src/seam/options.ts";
import type {
  About,
  WireDefaults,
  WireEstimate,
  WireGallery,
  WireLink,
  WireLinks,
  WireMessage,
  WireStyle,
  WireThread,
} from "../../wire/messages.ts";
import type { Draft } from "../state/drafts.ts";

/** The server's requests. Each rejects with a RequestError whose message a person can read. */
export const api = {
  about: () => request<About>("/api/about"),
  /** The newest of them, and the one that is open. */
  threads: (limit: number, open: string) =>
    request<WireThread[]>(`/api/threads?limit=${limit}&open=${encodeURIComponent(open)}`),
  /** Those that come after one in the list. */
  threadsAfter: (limit: number, { id, updatedAt }: WireThread) =>
    request<WireThread[]>(`/api/threads?limit=${limit}&before=${updatedAt}&after=${encodeURIComponent(id)}`),
  thread: (id: string) =>
    request<{ thread: WireThread; messages: WireMessage[] }>(`/api/threads/${encodeURIComponent(id)}`),
  rename: (id: string, title: string) =>
    request<WireThread>(`/api/threads/${encodeURIComponent(id)}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ title }),
    }),
  remove: (id: string) => request<void>(`/api/threads/${encodeURIComponent(id)}`, { method: "DELETE" }),
  /** `id`: the ask's; what is sent again under the same one is the same. */
  prompt: (thread: string, draft: Draft, id: string) => {
    const body = toForm(draft);
    body.set("id", id);
    if (draft.target) body.set("replyTo", draft.target.answer);
    return request<{ ask: string }>(`/api/threads/${encodeURIComponent(thread)}/prompts`, {
      method: "POST",
      body,
    });
  },
  /** `id`: the press's, or that of the ask that comes of it. */
  press: (answer: string, action: ActionName, id: string, draft?: Draft) => {
    const body = draft ? toForm(draft) : new FormData();
    body.set("id", id);
    body.set("action", action);
    return request<unknown>(`/api/messages/${encodeURIComponent(answer)}/press`, { method: "POST", body });
  },
  styles: () => request<WireStyle[]>("/api/styles"),
  /** A draft's words are the style's instruction. */
  saveStyle: (name: string, draft: Draft) => {
    const body = toForm(draft);
    body.set("name", name);
    return request<WireStyle>("/api/styles", { method: "POST", body });
  },
  removeStyle: (name: string, scope: WireStyle["scope"]) =>
    request<void>(`/api/styles/${encodeURIComponent(name)}?scope=${scope}`, { method: "DELETE" }),
  defaults: () => request<WireDefaults>("/api/defaults"),
  /** Takes the place of all of one's own. */
  setDefaults: (options: Partial<ImageOptions>) =>
    request<WireDefaults>("/api/defaults", { method: "PUT", body: JSON.stringify(options) }),
  deleted: () => request<WireThread[]>("/api/deleted"),
  restore: (id: string) =>
    request<WireThread>(`/api/threads/${encodeURIComponent(id)}/restore`, { method: "POST" }),
  /** `after`: the `next` of the answer before. */
  gallery: (
    wish: { query: string; favourites: boolean; after?: number | undefined },
    signal: AbortSignal,
  ) => {
    const asked = new URLSearchParams({
      q: wish.query,
      ...(wish.favourites && { favourites: "on" }),
      ...(wish.after !== undefined && { after: String(wish.after) }),
    });
    return request<WireGallery>(`/api/gallery?${asked}`, { signal });
  },
  search: (query: string, signal: AbortSignal) =>
    request<WireThread[]>(`/api/search?${new URLSearchParams({ q: query })}`, { signal }),
  prompts: (thread: string) => request<string[]>(`/api/prompts?${new URLSearchParams({ thread })}`),
  favourites: () => request<string[]>("/api/favourites"),
  setFavourite: (src: string, isOne: boolean) =>
    request<void>(`/api/favourites/${src.split("/").at(-1)}`, { method: isOne ? "PUT" : "DELETE" }),
  links: async (answer: string, at: number) => (await request<WireLinks>(toLinks(answer, at))).count,
  makeLink: (answer: string, at: number) => request<WireLink>(toLinks(answer, at), { method: "POST" }),
  endLinks: (answer: string, at: number) => request<void>(toLinks(answer, at), { method: "DELETE" }),
  estimate: (wish: string, signal: AbortSignal) =>
    request<WireEstimate>("/api/estimate", { method: "POST", body: wish, signal }),
};

/** The server said no, or could not be reached (then `status` is 0). */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** How long something to read may be on its way, in ms. */
const readMs = 30_000;

/** Aborts when the line to the server turns out to be dead. */
let line = new AbortController();

/** Gives up what is on its way: it is on a line that is dead, and goes again on the next. */
export function cutRequests(): void {
  line.abort();
  line = new AbortController();
}

async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  const ends = [
    line.signal,
    ...(init.method ? [] : [AbortSignal.timeout(readMs)]),
    ...(init.signal ? [init.signal] : []),
  ];
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.any(ends) });
    text = await response.text();
  } catch (cause) {
    const message = "The server cannot be reached. What you wrote is kept; try again in a moment.";
    throw new RequestError(0, message, { cause });
  }
  if (!response.ok) throw new RequestError(response.status, toMessage(text, response.status));
  return (text ? JSON.parse(text) : undefined) as T; // the contract in wire/messages.ts, from our own origin
}

function toLinks(answer: string, at: number): string {
  return `/api/links/${encodeURIComponent(answer)}/${at}`;
}

function toMessage(text: string, status: number): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === "string" && error.message) return error.message;
  } catch {
    // Not ours: a proxy's page, most likely.
  }
  if (status === 413) return "That is more than the server takes at once. Attach fewer or smaller pictures.";
  return `The server answered with an error (${status}). What you wrote is kept; try again in a moment.`;
}

function toForm(draft: Draft): FormData {
  const form = new FormData();
  form.set("text", draft.text.trim());
  form.set("options", JSON.stringify(draft.options));
  for (const picture of draft.pictures) {
    if (picture.kind === "file") form.append("attachment", picture.file, picture.name);
    else form.append("reuse", picture.src.split("/").at(-1) ?? "");
  }
  if (draft.mask) form.set("mask", draft.mask.file, "mask.png");
  return form;
}
