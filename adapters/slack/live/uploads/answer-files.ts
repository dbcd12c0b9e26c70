import { coalesce } from "../../../../src/seam/coalesce.ts";
import { whetherHeld } from "../../../../src/seam/held.ts";
import type { Noted, Records, Upload } from "./records.ts";

/** The files of one answer, as this process knows of them, and its record. All that writes or reads it rejects as that. */
export interface Answer {
  /** Resolves when they are written down. */
  note(ids: readonly string[], upload: Upload): Promise<void>;
  /** They are gone, or belong to what stays. */
  drop(ids: readonly string[]): void;
  /** The answer is over, and shows these. */
  settle(ids: readonly string[]): void;
  /** This process has nothing to do with them any more. */
  leave(ids: readonly string[]): void;
  /** Reads the record, unless that was done; always where it is `anew`. */
  read(how?: { readonly anew: boolean }): Promise<void>;
  /** The record may be another by now. */
  doubt(): void;
  /** Those of which this process has none in hand. */
  left(): ReadonlyMap<string, Upload>;
  /** Those of them that it does not show as far as is known. */
  unshown(): ReadonlyMap<string, Upload>;
  /** Those in hand. */
  open(): readonly string[];
  /**
   * Those in hand, noted at least `ms` ago, that this process had noted for an answer that it has lost, and that another has
   * ended since without them.
   */
  lost(ms: number): Promise<ReadonlyMap<string, Upload>>;
  /** Whether something is still to be written. */
  isChanged(): boolean;
  /** Whether there is nothing to know of it but what its record says. */
  isIdle(): boolean;
  /** After what is being written, with all that has changed until then. */
  write(): Promise<void>;
}

/** An answer that nobody has ended by then is not looked at again by who has lost it, in ms. */
const endlessMs = 3600 * 1000;

interface File {
  readonly upload: Upload;
  /** This process has it in hand. */
  readonly isOpen: boolean;
  /** Whether this process has the answer still for which it noted that, as far as that is known. */
  readonly isHeld?: (() => boolean) | undefined;
}

/** `isShared`: other processes may note something of the same answer. `now`: Unix time, ms. */
export function createAnswer(
  owner: string,
  of: { readonly records: Records; readonly isShared: boolean; readonly now: () => number },
): Answer {
  const { records, isShared, now } = of;
  const files = new Map<string, File>();
  /** What is shown, once it is over. */
  let shown: Noted["shown"];
  /** What the record is not to name any more. */
  const dropped = new Set<string>();
  /** Whether it is over, where that is not written yet. */
  let turned: { readonly shown: Noted["shown"] } | undefined;
  let hasChanged = false;
  let reading: Promise<void> | undefined;

  function those(isOpen: boolean): Record<string, Upload> {
    const all = [...files].filter(([, file]) => file.isOpen === isOpen);
    return Object.fromEntries(all.map(([id, { upload }]) => [id, upload]));
  }

  function isOpen(id: string): boolean {
    return files.get(id)?.isOpen === true;
  }

  async function readOnce(): Promise<void> {
    const found = await records.read(owner);
    const all = { ...(turned && without(found?.shown, turned.shown)), ...found?.files };
    for (const [id, upload] of Object.entries(all))
      if (!isOpen(id) && !dropped.has(id)) files.set(id, { upload, isOpen: false });
    if (!turned) shown = found?.shown;
  }

  function read({ anew } = { anew: false }): Promise<void> {
    if (reading && !anew) return reading;
    const own = readOnce();
    reading = own;
    own.catch(() => {
      if (reading === own) reading = undefined; // it is asked for again
    });
    return own;
  }

  /** Others may have noted something. */
  async function merge(found: Noted | undefined): Promise<Noted> {
    const own = those(true);
    if (!isShared) {
      await read();
      return { files: { ...those(false), ...own } };
    }
    const over = (turned ?? found)?.shown;
    const back = turned && without(found?.shown, over);
    const all = without({ ...back, ...found?.files, ...own }, over);
    for (const id of dropped) delete all[id];
    return { files: all, ...(over && { shown: over }) };
  }

  async function put(): Promise<void> {
    hasChanged = false;
    const [gone, turn] = [[...dropped], turned];
    try {
      const found = isShared ? await records.read(owner) : undefined;
      await records.write(owner, await merge(found), found?.at);
    } catch (error) {
      hasChanged = true;
      throw error;
    }
    if (turned === turn) turned = undefined;
    for (const id of gone) dropped.delete(id);
  }

  const write = coalesce(put);

  /** Whoever notes something of an answer that is over has it again: nothing is known to belong to it. */
  function takeAgain(): void {
    if (!shown) return;
    for (const [id, upload] of Object.entries(shown)) {
      dropped.delete(id);
      if (!isOpen(id)) files.set(id, { upload, isOpen: false });
    }
    shown = undefined;
    turned = { shown };
  }

  function drop(ids: readonly string[]): void {
    for (const id of ids) {
      if (!files.delete(id)) continue;
      dropped.add(id);
      hasChanged = true;
    }
  }

  function leave(ids: readonly string[]): void {
    for (const id of ids) {
      const file = files.get(id);
      if (file?.isOpen) files.set(id, { upload: file.upload, isOpen: false });
    }
  }

  return {
    async note(ids, upload) {
      const isKnown = ids.every((id) => isOpen(id) && files.get(id)?.upload.spot?.ts === upload.spot?.ts);
      const isHeld = whetherHeld();
      for (const id of ids) {
        files.set(id, { upload, isOpen: true, isHeld: isHeld ?? files.get(id)?.isHeld });
        dropped.delete(id);
      }
      hasChanged = true;
      await read();
      takeAgain();
      if (!isKnown) await write();
    },
    drop,
    settle(ids) {
      const all = { ...shown, ...those(false), ...those(true) };
      drop(ids);
      if (!isShared) return;
      shown = Object.fromEntries(Object.entries(all).filter(([id]) => ids.includes(id)));
      turned = { shown };
      hasChanged = true;
    },
    leave,
    read,
    doubt() {
      reading = undefined;
    },
    left: () => new Map(Object.entries({ ...those(false), ...without(shown, those(true)) })),
    unshown: () => new Map(Object.entries(those(false))),
    open: () => Object.keys(those(true)),
    async lost(ms) {
      const all = [...files].filter(
        ([, { upload, isOpen, isHeld }]) => isOpen && now() - upload.at >= ms && isHeld?.() === false,
      );
      const lost = new Map<string, Upload>();
      if (all.length === 0) return lost;
      await read({ anew: true });
      for (const [id, file] of all) {
        if (files.get(id) !== file || turned) continue;
        if (shown?.[id]) drop([id]);
        else if (shown) lost.set(id, file.upload);
        else if (now() - file.upload.at > endlessMs) leave([id]);
      }
      return lost;
    },
    isChanged: () => hasChanged,
    isIdle: () => files.size === 0 && dropped.size === 0 && !turned && !hasChanged,
    write,
  };
}

function without(files: Noted["shown"], others: Noted["shown"]): Record<string, Upload> {
  return Object.fromEntries(Object.entries(files ?? {}).filter(([id]) => !others?.[id]));
}
