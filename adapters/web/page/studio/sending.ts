import type { WireAction, WireAnswer } from "../../wire/messages.ts";
import { api } from "../server/api.ts";
import { createResending, isUnanswered, patienceMs } from "../server/resend.ts";
import { newId } from "../state/address.ts";
import { type Draft, draftProblem, emptyDraft, sentDraft } from "../state/drafts.ts";
import { type createStore, draftOf, followHead, putDraft, setSending } from "../state/store.ts";
import { release } from "./drafting.ts";
import type { Page } from "./page.ts";

/** How long after it was begun a sending goes on by itself when the page is loaded anew, in ms. */
const freshMs = 10 * 60_000;

/** Buttons after which the thread goes on from another picture. */
const movesHead = /^(?:undo|forward|restore|pick\d|delete)$/;

const gaveUp = `The server has not answered for ${patienceMs / 60_000} minutes.`;

/**
 * What goes to the server to be drawn or done: sent again, as the same, until there is an answer.
 */
export function createSending(
  store: ReturnType<typeof createStore>,
  page: Page,
  loadThread: (id: string) => Promise<void>,
) {
  const resending = createResending();
  const stops = new Map<string, AbortController>();
  /** Buttons whose press is on its way, or was a moment ago: a double click must not be paid for twice. */
  const pressed = new Set<string>();

  /** The server has it: the composer is free for the next. */
  function taken(thread: string, id: string): void {
    stops.get(thread)?.abort();
    const draft = store.state.drafts.get(thread) ?? emptyDraft;
    if (draft.sent?.id !== id && store.state.sendings.get(thread)?.id !== id) return;
    store.update((now) => ({
      ...setSending(putDraft(now, sentDraft(draft), thread), thread, undefined),
      signedOut: false,
      toasts: now.toasts.filter(({ failed }) => !failed),
    }));
    for (const picture of draft.pictures) release(picture);
  }

  /** It is not on its way any more; sent again unchanged, it is the same. */
  function leave(thread: string, id: string): void {
    store.update((now) => {
      const draft = now.drafts.get(thread);
      const left = now.sendings.get(thread)?.id === id ? setSending(now, thread, undefined) : now;
      if (!draft?.sent || draft.sent.id !== id) return left;
      return putDraft(left, { ...draft, sent: { ...draft.sent, goesOn: false } }, thread);
    });
  }

  async function deliver(thread: string, draft: Draft, id: string): Promise<void> {
    const stop = new AbortController();
    stops.set(thread, stop);
    const { target } = draft;
    const send = () =>
      target?.action ? api.press(target.answer, target.action, id, draft) : api.prompt(thread, draft, id);
    const onLost = () =>
      store.update((now) =>
        now.sendings.get(thread)?.id === id ? setSending(now, thread, { id, again: true }) : now,
      );
    try {
      await resending.send<unknown>(send, { onLost, signal: stop.signal });
      taken(thread, id);
      // Without the line to the server nothing would show.
      if (store.state.link !== "open") void loadThread(thread);
    } catch (error) {
      if (stop.signal.aborted) return; // it came through in another way, or somebody has stopped it
      leave(thread, id);
      if (isUnanswered(error))
        page.say(`${gaveUp} What you wrote is kept: press Draw to send it again.`, true);
      else page.tell(error);
    }
  }

  const sending = {
    /** Sends what is in the composer; if that fails, everything stays where it is. */
    async send(): Promise<void> {
      const { state } = store;
      const thread = state.open;
      const draft = draftOf(state);
      const problem = draftProblem(draft, state.about?.limits);
      if (problem) return page.say(problem, true);
      if (state.sendings.has(thread)) return;
      const id = draft.sent?.id ?? newId();
      const sent = { id, at: Date.now(), goesOn: true };
      store.update((now) =>
        setSending(putDraft(now, { ...draft, sent }, thread), thread, { id, again: false }),
      );
      page.panel("options", false);
      await deliver(thread, draft, id);
      const isTaken = !store.state.drafts.get(thread)?.text;
      if (isTaken) page.focusConversation();
      else page.focusComposer(false);
    },

    /** Gives up what is being sent again. It may have come through all the same. */
    stopSending(): void {
      const thread = store.state.open;
      const id = store.state.sendings.get(thread)?.id;
      stops.get(thread)?.abort();
      if (id) leave(thread, id);
      page.focusComposer();
    },

    /** The server has spoken: what waits to be sent again goes now, and what it has is no longer in the composer. */
    heard(isThere: boolean): void {
      if (isThere) resending.hurry();
      for (const [thread, { sent }] of store.state.drafts) {
        const has = store.state.messages.get(thread)?.some(({ id }) => id === sent?.id);
        if (sent && has) taken(thread, sent.id);
      }
    },

    /** What was on its way when the page was left goes on. Call it when the thread has been fetched. */
    goOn(): void {
      const { state } = store;
      const { sent } = draftOf(state);
      if (!sent?.goesOn || state.sendings.has(state.open) || !state.messages.has(state.open)) return;
      if (Date.now() - sent.at < freshMs) void sending.send();
      else leave(state.open, sent.id);
    },

    /** A button that acts at once. */
    async pressNow(answer: Pick<WireAnswer, "id">, action: WireAction): Promise<void> {
      const press = `${answer.id} ${action.name}`;
      if (pressed.has(press)) return;
      pressed.add(press);
      if (movesHead.test(action.name)) store.update(followHead);
      const id = newId();
      try {
        await resending.send(() => api.press(answer.id, action.name, id));
      } catch (error) {
        if (isUnanswered(error)) page.say(`${gaveUp} Press “${action.label}” again.`, true);
        else page.tell(error);
      } finally {
        setTimeout(() => pressed.delete(press), 800);
      }
    },
  };
  return sending;
}
