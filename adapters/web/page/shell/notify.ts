import type { WireThread } from "../../wire/messages.ts";
import { thumbnail } from "../look/small.ts";

const key = "drawbridge.notify";

/** Whether this browser has notifications to offer: not on plain http, and not on every phone. */
export const canNotify = "Notification" in globalThis && isSecureContext;

/** Whether they are wanted here, and allowed. */
export function isNotified(): boolean {
  return canNotify && Notification.permission === "granted" && localStorage.getItem(key) === "on";
}

/**
 * Turns them on or off, by a person's click: nothing else asks for the permission. The sentence to say about it, and
 * whether it came to nothing.
 */
export async function toggleNotified(): Promise<{ readonly text: string; readonly failed: boolean }> {
  if (isNotified()) {
    localStorage.removeItem(key);
    return { text: "You will not be notified any more.", failed: false };
  }
  if ((await Notification.requestPermission()) !== "granted") {
    return {
      text: "This browser does not allow it. Allow notifications for this page in its settings.",
      failed: true,
    };
  }
  localStorage.setItem(key, "on");
  return { text: "You will be notified when something is finished while you are elsewhere.", failed: false };
}

/** Tells of a thread in which something was finished. */
export function notify({ id, title, cover }: WireThread, open: () => void): void {
  if (!isNotified()) return;
  try {
    const icon = cover && { icon: thumbnail(cover) };
    const told = new Notification(title, { body: "It is finished.", tag: id, ...icon });
    told.onclick = () => {
      told.close();
      focus();
      open();
    };
  } catch {
    localStorage.removeItem(key); // phones have them for installed pages alone
  }
}
