/** That a process has something for itself. */
export interface Held {
  /** Aborts when it is to be let go of: another is to have it, or this process ends. Or it has been lost already. */
  readonly leave: AbortSignal;
  /** False: it has been lost, or may be by now, since this process or the store was silent for too long. */
  isHeld(): boolean;
}

/** What the processes of one bot share out among themselves, such as the connections to a platform. */
export interface Leases {
  /** There may be other processes. */
  readonly isShared: boolean;
  /**
   * Takes part in holding `count` things by that name, 0 to `count` - 1, of which each is one process's at a time and all
   * have as many as one another. Who comes is given a part within seconds, one thing after another; what one is silent
   * for longer than the lease had, others take over.
   *
   * `seeTo` is called with each thing that this process gets, and has it until its promise is over, which is to be soon
   * after `leave` aborts. What it throws is logged, and the thing is tried again in a while. While the store cannot be
   * reached nobody can take anything over, so nothing is let go of, though `isHeld` says that it is in doubt.
   */
  share(name: string, count: number, seeTo: (index: number, held: Held) => Promise<void>): Share;
  /**
   * Resolves when it is this process's turn: turns by that name are `everyMs` apart at least, over all processes. Rejects
   * as the signal says, and never else.
   */
  turn(name: string, everyMs: number, signal: AbortSignal): Promise<void>;
}

/** A part in what is shared. */
export interface Share {
  /** Lets go of all: others have it at once. Never rejects. */
  close(): Promise<void>;
}
