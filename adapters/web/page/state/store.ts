import type {
  About,
  WireAnswer,
  WireAsk,
  WireDefaults,
  WireEvent,
  WireMessage,
  WirePicture,
  WireStyle,
  WireThread,
} from "../../wire/messages.ts";
import { type Draft, emptyDraft, setTarget } from "./drafts.ts";

/** All the page knows. Never changed in place: every function here answers with a new one. */
export interface State {
  readonly about?: About | undefined;
  readonly link: "connecting" | "open" | "lost";
  /** The server wants the password again. */
  readonly signedOut?: boolean;
  /** The server's run, to notice a restart. */
  readonly boot?: string;
  /** Newest first: those that have been fetched, and what is not listed. */
  readonly threads: readonly WireThread[];
  /** There are older ones, which have not been fetched. */
  readonly hasMoreThreads: boolean;
  /** The id of the thread in view; one nobody has written in yet is not among `threads`. */
  readonly open: string;
  readonly messages: ReadonlyMap<string, readonly WireMessage[]>;
  /** Threads being fetched, and the messages that events brought in the meantime. */
  readonly loading: ReadonlyMap<string, ReadonlySet<string>>;
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly styles: readonly WireStyle[];
  readonly defaults: WireDefaults;
  /** What the draft of the open thread would cost, in a few words. */
  readonly estimate?: string | undefined;
  /** What is on its way to the server, by its thread. */
  readonly sendings: ReadonlyMap<string, Sending>;
  /** The answer that is to be brought into view; another object, another time. */
  readonly sought?: { readonly answer: string } | undefined;
  /** A button was pressed that moves the head: it is brought into view when it has moved. */
  readonly seeksHead?: boolean;
  /** Answers whose details are unfolded. */
  readonly unfolded: ReadonlySet<string>;
  readonly panel: { readonly threads: boolean; readonly versions: boolean; readonly options: boolean };
  readonly dropping: boolean;
  /** Addresses of the pictures that are marked. */
  readonly favourites: ReadonlySet<string>;
  /** Threads in which something was finished that nobody has seen yet. */
  readonly finished: ReadonlySet<string>;
  /** Threads that were deleted and can be brought back, the last first. */
  readonly deleted: readonly WireThread[];
  /** What is looked for in the threads, and in which it is; none are known while it is being looked for. */
  readonly search: { readonly query: string; readonly found?: readonly WireThread[] };
  /** What happened to the chat before was read. */
  readonly hasReadLost?: boolean;
  readonly toasts: readonly Toast[];
}

/** A draft on its way. */
export interface Sending {
  /** Of the ask that comes of it. */
  readonly id: string;
  /** The server has not answered, so it is sent again. */
  readonly again: boolean;
}

/** A line that comes and goes. */
interface Toast {
  readonly id: number;
  readonly text: string;
  readonly failed: boolean;
  readonly offer?: Offer;
}

/** What can be done about what a line says. */
export interface Offer {
  readonly label: string;
  act(): void;
}

/** One thing asked and what came of it. */
export interface Exchange {
  readonly id: string;
  readonly ask?: WireAsk;
  readonly answers: readonly WireAnswer[];
}

/** Holds the state and tells who listens, once for all the changes of one moment. */
export function createStore(first: State, changed: (state: State) => void, later = queueMicrotask) {
  let state = first;
  let due = false;
  return {
    get state(): State {
      return state;
    },
    update(change: (state: State) => State): void {
      const next = change(state);
      if (next === state) return;
      state = next;
      if (due) return;
      due = true;
      later(() => {
        due = false;
        changed(state);
      });
    },
  };
}

/** A page that has heard nothing yet. */
export function firstState(open: string): State {
  return {
    link: "connecting",
    threads: [],
    hasMoreThreads: false,
    open,
    messages: new Map(),
    loading: new Map(),
    drafts: new Map(),
    styles: [],
    defaults: { mine: {}, channel: {} },
    sendings: new Map(),
    unfolded: new Set(),
    panel: { threads: false, versions: false, options: false },
    dropping: false,
    favourites: new Set(),
    finished: new Set(),
    deleted: [],
    search: { query: "" },
    toasts: [],
  };
}

/** The state after the server said something. */
export function applyEvent(state: State, event: WireEvent): State {
  switch (event.type) {
    case "hello":
      return { ...state, link: "open", boot: event.boot, signedOut: false };
    case "beat":
      return state;
    case "thread":
      return applyThread(state, event.thread);
    case "threadGone":
      return forgetThread(state, event.id);
    case "message":
      return applyMessage(state, event.message);
    case "favourite":
      return setFavourite(state, event.src, event.isOne);
    case "notice":
      // One that offers something has a button, which is no matter of the state's.
      return event.thread === state.open && !event.offer ? addToast(state, event.text, event.failed) : state;
  }
}

/** The threads as the server lists them now. */
export function setThreads(state: State, threads: readonly WireThread[], hasMoreThreads = false): State {
  return { ...state, threads: sortThreads(threads), hasMoreThreads };
}

/** Some more of them. */
export function addThreads(state: State, threads: readonly WireThread[], hasMoreThreads: boolean): State {
  const known = new Set(state.threads.map(({ id }) => id));
  const added = threads.filter(({ id }) => !known.has(id));
  return setThreads(state, [...state.threads, ...added], hasMoreThreads);
}

/** What has been fetched of the list: the one that is open not before it is known that something is drawn in it. */
export function fetchedThreads(state: State): readonly WireThread[] {
  return toListed(state, state.threads);
}

/** The same, or those in which what is looked for is: also where the list has not come as far yet. */
export function listedThreads(state: State): readonly WireThread[] {
  const found = foundThreads(state);
  if (!found) return fetchedThreads(state);
  // What is known of one is newer than what was found.
  return toListed(
    state,
    found.map((one) => state.threads.find(({ id }) => id === one.id) ?? one),
  );
}

/** Those in which what is looked for is; undefined: nothing is, or it is not known yet. */
export function foundThreads({ search: { query, found } }: State): readonly WireThread[] | undefined {
  return query.trim() ? found : undefined;
}

/** A thread is about to be fetched: from here on, what events bring is newer than the answer. */
export function beginLoad(state: State, thread: string): State {
  return { ...state, loading: new Map(state.loading).set(thread, new Set()) };
}

/** A thread has been fetched. Messages that events changed meanwhile stay as the events left them. */
export function endLoad(state: State, thread: string, fetched: readonly WireMessage[]): State {
  const touched = state.loading.get(thread) ?? new Set();
  const held = (state.messages.get(thread) ?? []).filter((message) => touched.has(message.id));
  const now = state.messages.get(thread) ?? [];
  const messages = held.reduce(upsert, fetched).map((message) => toNewer(message, now));
  const loading = new Map(state.loading);
  loading.delete(thread);
  return { ...state, loading, messages: new Map(state.messages).set(thread, messages) };
}

/** The fetch came to nothing; what is held stays. */
export function abandonLoad(state: State, thread: string): State {
  const loading = new Map(state.loading);
  loading.delete(thread);
  return { ...state, loading };
}

/** Turns to another thread. */
export function openThread(state: State, thread: string): State {
  if (thread === state.open) return state;
  const panel = { ...state.panel, threads: false, options: false };
  const opened = {
    ...state,
    open: thread,
    panel,
    unfolded: new Set<string>(),
    sought: undefined,
    seeksHead: false,
  };
  return setFinished(opened, thread, false);
}

/** Marks a picture, or no longer. */
export function setFavourite(state: State, src: string, isOne: boolean): State {
  const favourites = new Set(state.favourites);
  if (isOne) favourites.add(src);
  else favourites.delete(src);
  return { ...state, favourites };
}

/** Something was finished in a thread that nobody is looking at; or somebody is looking now. */
export function setFinished(state: State, thread: string, isNew: boolean): State {
  if (state.finished.has(thread) === isNew) return state;
  const finished = new Set(state.finished);
  if (isNew) finished.add(thread);
  else finished.delete(thread);
  return { ...state, finished };
}

/** Opens or closes one of the panels. */
export function setPanel(state: State, name: keyof State["panel"], open: boolean): State {
  return state.panel[name] === open ? state : { ...state, panel: { ...state.panel, [name]: open } };
}

let toasts = 0;

/** A line to show for a while. */
export function addToast(state: State, text: string, failed = false, offer?: Offer): State {
  toasts += 1;
  const others = state.toasts.filter((toast) => toast.text !== text).slice(-2);
  return { ...state, toasts: [...others, { id: toasts, text, failed, ...(offer && { offer }) }] };
}

export function dropToast(state: State, id: number): State {
  return { ...state, toasts: state.toasts.filter((toast) => toast.id !== id) };
}

/** The draft of the open thread. */
export function draftOf(state: State): Draft {
  return state.drafts.get(state.open) ?? emptyDraft;
}

/** A draft that somebody has changed: it is no longer the one that was sent. */
export function setDraft(state: State, { sent: _, ...draft }: Draft, thread = state.open): State {
  return putDraft(state, draft, thread);
}

/** A draft just as it is. */
export function putDraft(state: State, draft: Draft, thread = state.open): State {
  return { ...state, drafts: new Map(state.drafts).set(thread, draft) };
}

/** What is on its way from a thread; undefined: nothing any more. */
export function setSending(state: State, thread: string, sending: Sending | undefined): State {
  const sendings = new Map(state.sendings);
  if (sending) sendings.set(thread, sending);
  else sendings.delete(thread);
  return { ...state, sendings };
}

export function messagesOf(state: State): readonly WireMessage[] {
  return state.messages.get(state.open) ?? none;
}

export function threadOf(state: State): WireThread | undefined {
  return state.threads.find((thread) => thread.id === state.open);
}

export function answerOf(state: State, id: string | null | undefined): WireAnswer | undefined {
  const found = id ? messagesOf(state).find((message) => message.id === id) : undefined;
  return found?.kind === "answer" ? found : undefined;
}

/** The answer itself if it shows a picture, else the nearest one before it that does. */
export function pictured(
  messages: readonly WireMessage[],
  id: string | null | undefined,
): WireAnswer | undefined {
  for (let next = id, steps = 0; next && steps <= messages.length; steps += 1) {
    const found = messages.find((message) => message.id === next);
    if (found?.kind !== "answer") return undefined;
    if (found.view.phase === "done" && found.view.images.length > 0 && !found.view.aside) return found;
    next = found.view.parent;
  }
  return undefined;
}

/**
 * The version that is ringed, that the composer names, and that the next prompt goes on from: the one that was chosen, or
 * else the thread's head.
 */
export function chosenOf(state: State): WireAnswer | undefined {
  return pictured(messagesOf(state), draftOf(state).target?.answer ?? threadOf(state)?.head);
}

/** Chooses a version, and brings it into view. One that is still being drawn is only looked at. */
export function choose(state: State, id: string): State {
  const sought = { ...state, sought: { answer: id } };
  const isThere = pictured(messagesOf(state), id)?.id === id;
  const { target } = draftOf(state);
  if (!isThere || chosenOf(state)?.id === id) return sought;
  const isHead = pictured(messagesOf(state), threadOf(state)?.head)?.id === id;
  if (isHead && !target) return sought;
  return setDraft(sought, setTarget(draftOf(state), isHead ? undefined : { answer: id }));
}

/** Brings the version that was chosen into view, where it is not the newest: that one is in view by itself. */
export function seekChosen(state: State): State {
  const chosen = chosenOf(state)?.id;
  const newest = messagesOf(state).findLast(({ kind }) => kind === "answer")?.id;
  return chosen && chosen !== newest ? { ...state, sought: { answer: chosen } } : state;
}

/** A button was pressed that moves the head: who presses it goes on from there, and sees it. */
export function followHead(state: State): State {
  const draft = draftOf(state);
  const isPlain = draft.target && !draft.target.action;
  const free = isPlain ? setDraft(state, setTarget(draft, undefined)) : state;
  return { ...free, seeksHead: true };
}

/** Every finished picture of the open thread, oldest first. */
export function picturesOf(state: State): readonly { answer: WireAnswer; picture: WirePicture }[] {
  return messagesOf(state)
    .filter((message) => message.kind === "answer")
    .filter(({ view }) => view.phase === "done" && !view.aside)
    .flatMap((answer) => answer.view.images.map((picture) => ({ answer, picture })));
}

/** Questions in the order they were asked, each with what answers it; without what was deleted and nothing hangs on. */
export function toExchanges(messages: readonly WireMessage[]): readonly Exchange[] {
  const byAsk = new Map<string, { id: string; ask?: WireAsk; answers: WireAnswer[]; at: number }>();
  const isGone = goneOf(messages);
  for (const message of messages) {
    const id = message.kind === "ask" ? message.id : message.ask;
    if (isGone.has(id)) continue;
    const held = byAsk.get(id) ?? { id, answers: [], at: message.createdAt };
    if (message.kind === "ask") {
      held.ask = message;
      held.at = message.createdAt;
    } else held.answers.push(message);
    byAsk.set(id, held);
  }
  return [...byAsk.values()].sort((one, other) => one.at - other.at);
}

/** The questions whose answers were deleted for good, and that nothing else was made from or said to. */
function goneOf(messages: readonly WireMessage[]): ReadonlySet<string> {
  const hung = new Set(
    messages.map((message) => (message.kind === "ask" ? message.replyTo : message.view.parent)),
  );
  const gone = messages.filter(
    (message) => message.kind === "answer" && isPast(message.view.gone) && !hung.has(message.id),
  );
  return new Set(gone.map((message) => (message.kind === "answer" ? message.ask : message.id)));
}

function isPast(time: number | undefined): boolean {
  return time !== undefined && time < Date.now();
}

/** Whether an answer is still on its way. */
export function isPending(answer: WireAnswer): boolean {
  return answer.view.phase === "queued" || answer.view.phase === "working";
}

const none: readonly WireMessage[] = [];

function applyThread(state: State, thread: WireThread): State {
  const before = state.threads.find(({ id }) => id === thread.id);
  const now = { ...state, threads: sortThreads([thread, ...without(state.threads, thread.id)]) };
  const isMoved = before !== undefined && before.head !== thread.head && thread.id === state.open;
  return isMoved && state.seeksHead ? { ...seekChosen(now), seeksHead: false } : now;
}

function applyMessage(state: State, message: WireMessage): State {
  const held = state.messages.get(message.thread);
  const touched = state.loading.get(message.thread);
  // A thread never opened is fetched whole when it is.
  if (!held && !touched && message.thread !== state.open) return state;
  const messages = new Map(state.messages).set(message.thread, upsert(held ?? [], message));
  if (!touched) return { ...state, messages };
  const loading = new Map(state.loading).set(message.thread, new Set(touched).add(message.id));
  return { ...state, messages, loading };
}

function upsert(list: readonly WireMessage[], message: WireMessage): readonly WireMessage[] {
  const at = list.findIndex(({ id }) => id === message.id);
  return at < 0 ? [...list, message] : list.with(at, toNewer(message, list));
}

/**
 * The message, unless what the page has of it is further on: what is over does not begin again, and a sketch stays until
 * there is another (a server that was restarted has none).
 */
function toNewer(message: WireMessage, held: readonly WireMessage[]): WireMessage {
  if (message.kind !== "answer" || !isPending(message)) return message;
  const shown = held.find(({ id }) => id === message.id);
  if (shown?.kind !== "answer") return message;
  if (!isPending(shown)) return shown;
  const hasSketch = message.view.images.length > 0 || shown.view.images.length === 0;
  return hasSketch ? message : { ...message, view: { ...message.view, images: shown.view.images } };
}

function forgetThread(state: State, id: string): State {
  const messages = new Map(state.messages);
  const drafts = new Map(state.drafts);
  messages.delete(id);
  drafts.delete(id);
  const { query, found } = state.search;
  const search = { query, ...(found && { found: without(found, id) }) };
  return { ...state, threads: without(state.threads, id), search, messages, drafts };
}

function toListed(state: State, threads: readonly WireThread[]): readonly WireThread[] {
  const messages = messagesOf(state);
  const isUnanswered = messages.length > 0 && messages.every(({ kind }) => kind === "ask");
  return threads.filter(({ id, unlisted }) => !unlisted && !(isUnanswered && id === state.open));
}

function without(threads: readonly WireThread[], id: string): readonly WireThread[] {
  return threads.filter((thread) => thread.id !== id);
}

function sortThreads(threads: readonly WireThread[]): readonly WireThread[] {
  return [...threads].sort((one, other) => other.updatedAt - one.updatedAt);
}
