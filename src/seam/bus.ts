/** What the processes on one store say to each other. A process that is alone says it to itself. */
export interface Bus {
  /**
   * Tells every process of the fleet, this one too: what one process tells is heard in that order, and all hear the same
   * order. `body` is anything that JSON has. Resolves when it is on its way; rejects with BotError `storage` where it is
   * not known whether it is.
   */
  tell(topic: string, body: unknown): Promise<void>;
  /** Returns how to stop hearing. What comes is to be parsed: another version may have told it. What `hear` throws is logged. */
  hear(topic: string, hear: (body: unknown) => void): () => void;
  /**
   * Hears each time that the connection is there again after it was lost: what others told meanwhile has not come, so
   * whoever goes by what they hear asks anew. Returns how to stop.
   */
  onMissed(hear: () => void): () => void;
  close(): Promise<void>;
}
