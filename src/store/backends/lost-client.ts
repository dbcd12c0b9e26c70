import pg from "pg";

/**
 * A connection to PostgreSQL whose loss ends no process: whoever asked on it hears of that by what they asked. While one
 * is taken out of a pool, nobody else may listen, and an `error` event that nobody hears is thrown.
 */
export class LostClient extends pg.Client {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event !== "error") return super.emit(event, ...values);
    try {
      return super.emit(event, ...values);
    } catch {
      return true;
    }
  }
}
