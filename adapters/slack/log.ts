/** What the Slack adapter needs of a log; pino's is one. */
export interface Log {
  child(fields: Readonly<Record<string, unknown>>): Log;
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}
