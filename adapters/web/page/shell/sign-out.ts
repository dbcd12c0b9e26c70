import { dropDraft } from "../area/draft.ts";
import type { DraftKeeper } from "../state/draft-keeper.ts";

/** How long a browser may take to forget what it kept before the sign-out goes on, in ms. */
const patienceMs = 2000;

/** Ends the session on the server; false where that did not answer as it does. */
async function leave(address: string): Promise<boolean> {
  try {
    const { type } = await fetch(address, { method: "POST", redirect: "manual" });
    return type === "opaqueredirect"; // to the door
  } catch {
    return false;
  }
}

/**
 * Leaves nothing behind when somebody signs out, in this tab or another.
 *
 * The server tells the browser to clear all that it kept, which browsers do over https and on their own machine only;
 * and a tab that stays open would write its draft anew.
 */
export function listenToSignOut(drafts: DraftKeeper): void {
  const tabs = new BroadcastChannel("drawbridge.sign-out");
  const door = "/login";
  let isOut = false;

  async function forget(): Promise<void> {
    isOut = true;
    dropDraft();
    const forgotten = drafts.forgetAll().catch(() => {}); // where a browser lets nothing be kept, there is nothing
    // Another tab can hold that up, and nobody is to be kept signed in by it: it is done when that lets go.
    await Promise.race([forgotten, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
  }

  addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || new URL(form.action).pathname !== "/logout") return;
    event.preventDefault();
    await forget();
    const isSignedOut = await leave(form.action);
    // Only now: while the session goes on, the door would let the other tabs in again.
    tabs.postMessage("signed out");
    if (isSignedOut) location.assign(door);
    else form.submit(); // the browser tries once more, and shows what is wrong
  });
  tabs.onmessage = async () => {
    await forget();
    location.replace(door);
  };
  // The way back leads to the page as it was, out of the browser's memory.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && isOut) location.replace(door);
  });
}
