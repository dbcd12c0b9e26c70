import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { WireAnswer, WireMessage } from "../../../adapters/web/wire/messages.ts";
import { toPressGroup } from "../openai.ts";
import {
  createBar,
  createHaste,
  hashOf,
  isWaiting,
  nameOf,
  pickPicture,
  type Request,
  type Town,
  type TownParts,
} from "./town.ts";

/** How often the page looks, in ms. */
const lookMs = 150;

/** The playground, as pages that ask and look. `url`: of the process that is up. */
export async function createWebTown(parts: TownParts, url: () => string | undefined): Promise<Town> {
  const { record, people: count } = parts;
  const threads = Array.from({ length: count }, () => randomUUID());
  const turnOfAsk = new Map<string, string>();
  const seen = new Map<string, string>();
  const pictures = new Map<string, string>();
  const busy = new Set<string>();
  const isHasty = createHaste();
  const ending = new AbortController();
  const { signal } = ending;

  const keyOf = (id: string) => `web:${id}`;

  async function get(path: string): Promise<Response | undefined> {
    const base = url();
    return base === undefined
      ? undefined
      : fetch(base + path, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  }

  async function hashAt(src: string): Promise<string | undefined> {
    const known = pictures.get(src);
    if (known) return known;
    const response = await get(src);
    if (!response?.ok) return undefined;
    const bytes = await response.arrayBuffer().catch(() => undefined);
    if (!bytes) return undefined;
    const hash = hashOf(new Uint8Array(bytes));
    pictures.set(src, hash);
    return hash;
  }

  async function note(answer: WireAnswer, thread: string): Promise<void> {
    const { view, id } = answer;
    const before = seen.get(id);
    const now = JSON.stringify([view.phase, view.status, view.text, view.images.map(({ src }) => src)]);
    if (before === now) return;
    const hashes = await Promise.all(view.images.map(({ src }) => hashAt(src)));
    const isOver = view.phase !== "queued" && view.phase !== "working";
    // A sketch may be gone by now, and the process with it; a finished picture is looked for again.
    if (isOver && hashes.includes(undefined)) return;
    seen.set(id, now);
    const turn = turnOfAsk.get(answer.ask);
    const text = [view.status, view.text].filter(Boolean).join("\n");
    record.add({
      ...{ kind: "seen", message: keyOf(id), place: thread },
      ...(turn && { turn }),
      face: {
        state: !isOver || isWaiting(text, []) ? "waiting" : "ended",
        text,
        pictures: hashes.filter((hash) => hash !== undefined),
      },
    });
  }

  async function lookAt(thread: string): Promise<void> {
    const response = await get(`/api/threads/${thread}`);
    if (!response?.ok) return;
    const body = (await response.json().catch(() => undefined)) as
      | { messages: readonly WireMessage[] }
      | undefined;
    for (const message of body?.messages ?? []) {
      if (message.kind === "ask") {
        const mark = /\bqz[0-9a-z]{5}x\b/.exec(message.text)?.[0];
        if (mark && message.action === undefined) turnOfAsk.set(message.id, mark);
      } else await note(message, thread);
    }
  }

  const looking = (async () => {
    while (!signal.aborted) {
      for (const thread of busy) await lookAt(thread);
      await sleep(lookMs, undefined, { signal }).catch(() => {});
    }
  })();

  async function post(turn: string, path: string, form: FormData): Promise<void> {
    const base = url();
    if (base === undefined) return record.add({ kind: "turned away", turn, by: "nobody is there" });
    try {
      const response = await fetch(base + path, {
        method: "POST",
        body: form,
        signal: AbortSignal.timeout(20_000),
      });
      const body = (await response.json()) as { ask?: string; error?: { message: string } };
      if (response.status !== 202)
        return record.add({
          kind: "turned away",
          turn,
          by: `${response.status} ${body.error?.message ?? ""}`,
        });
      if (body.ask) turnOfAsk.set(body.ask, turn);
      record.add({ kind: "taken", turn, by: "202" });
    } catch (error) {
      record.add({ kind: "turned away", turn, by: String(error) });
    }
  }

  async function ask(request: Request): Promise<void> {
    const { wish, turn, words } = request;
    const thread = threads[wish.person] ?? "";
    busy.add(thread);
    const person = nameOf(wish.person);
    const base = {
      kind: "asked" as const,
      ...{ turn, group: turn, platform: "web" as const, person, private: false, places: [thread] },
    };
    const form = new FormData();
    const picked =
      wish.way === "prompt"
        ? undefined
        : pickPicture(parts, { platform: "web", person: wish.person, among: (place) => place === thread });
    const from = picked && { message: picked.seen.message, goesOn: wish.way !== "redo" };
    if (picked && from && (wish.way === "vary" || wish.way === "redo")) {
      if (isHasty(`${from.message} ${wish.way}`)) return;
      const group = wish.way === "vary" ? toPressGroup(picked.response) : picked.group;
      record.add({ ...base, way: wish.way, group, from });
      form.set("action", wish.way);
      return post(turn, `/api/messages/${picked.seen.message.slice(keyOf("").length)}/press`, form);
    }
    record.add({ ...base, way: from ? "reply" : "prompt", ...(from && { from }) });
    form.set("text", words);
    if (from) form.set("replyTo", from.message.slice(keyOf("").length));
    if (request.picture)
      form.set("attachment", new File([new Uint8Array(request.picture)], "photo.png", { type: "image/png" }));
    return post(turn, `/api/threads/${thread}/prompts`, form);
  }

  return {
    env: {},
    ask,
    cancel(turn) {
      const answer = [...record.faces.values()].find(
        (one) => one.turn === turn && one.message.startsWith("web:"),
      );
      if (!answer || answer.face.state === "ended") return false;
      const form = new FormData();
      form.set("action", "cancel");
      record.add({ kind: "spared", turn, why: "cancelled" });
      const base = url();
      if (base)
        void fetch(`${base}/api/messages/${answer.message.slice(4)}/press`, {
          method: "POST",
          body: form,
        }).catch(() => {});
      return true;
    },
    remove: () => false,
    edit() {},
    strike: async () => 0,
    bar: createBar(record, "web"),
    async look() {
      for (const thread of busy) await lookAt(thread);
    },
    litter: () => [],
    async close() {
      ending.abort();
      await looking;
    },
  };
}
