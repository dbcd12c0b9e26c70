/** A server's own way to say something to all who listen: texts, in the order in which the server has them. */
export interface Channel {
  /** Rejects where the server did not say that it has it. */
  send(text: string): Promise<void>;
  /** Resolves when the server has answered, on whatever it sends and hears by. */
  probe(): Promise<unknown>;
  /** Lets go of connections that give no answers, for new ones. */
  reconnect(): void;
  close(): Promise<void>;
}

/** `onText` hears each text, its own too; `onBack`, that it hears again after a connection was lost. */
export interface ChannelEvents {
  readonly onText: (text: string) => void;
  readonly onBack: () => void;
}

export interface ChannelPatience {
  /** How long to connect may take, in ms. */
  readonly connectMs: number;
  /** How long a server that accepts connections may take to greet, in ms. */
  readonly silentMs: number;
}
