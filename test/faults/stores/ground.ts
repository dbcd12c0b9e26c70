/** Where the bot's processes keep what they know, and what can become of that. */
export interface Ground {
  /** What a process is told of it. */
  envFor(process: number): Readonly<Record<string, string>>;
  /** The server, where it is one; `pid` of the process that is its first now. */
  readonly server?: { readonly url: string; pid(): number };
  /** It accepts everything and answers nothing for so long, in ms. False: this kind cannot. */
  hold(ms: number): Promise<boolean>;
  /** It is gone for so long, in ms. False: this kind cannot. */
  outage(how: Outage, ms: number): Promise<boolean>;
  /** Keys of the ledger that are still open. */
  open(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * `paused`: it accepts connections and answers nothing. `stopped`: ended in good order. `killed`: ended at once, with all
 * that the system has of it. `rewound`: ended at once, and its last second of writes with it, as by a power cut.
 */
export const outages = ["paused", "stopped", "killed", "rewound"] as const;
export type Outage = (typeof outages)[number];

/** How much of what it was told a server loses at most whose file is written once a second, in ms. */
export const lostMs = 1000;

/** How long a server that is back takes to be found again by everybody, in ms: clients look again after two seconds. */
export const backMs = 5000;
