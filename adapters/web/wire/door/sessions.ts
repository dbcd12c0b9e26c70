/**
 * Who has signed in, as it is kept on the server. What a browser holds is a random id, of which only the hash is kept.
 * Calls reject with BotError `storage`.
 */
export interface Sessions {
  /** What the password is known again by; undefined before there was one. */
  verifier(): Promise<string | undefined>;
  /** Another password: ends every session. */
  setVerifier(verifier: string): Promise<void>;
  /** Returns the new session's id. */
  begin(): Promise<string>;
  /** Whether it goes on. `active`: somebody does something, so that it does not idle out. */
  isOpen(id: string, active: boolean): Promise<boolean>;
  end(id: string): Promise<void>;
  /** Whether somebody signed in with that browser before. */
  knowsBrowser(id: string): Promise<boolean>;
  /** Returns the browser's new id, which takes the place of the one that it had. */
  rememberBrowser(before: string | undefined): Promise<string>;
}

/** How long a session lasts at most, in ms, whatever is done with it. */
export const longestSessionMs = 30 * 24 * 60 * 60_000;

/** How long a browser is remembered after it signed in, in ms. */
export const browserMs = 365 * 24 * 60 * 60_000;
