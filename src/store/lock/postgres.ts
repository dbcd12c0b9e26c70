import { randomUUID } from "node:crypto";
import pg from "pg";
import { withLimit } from "../../seam/timeout.ts";
import type { ServerLatch } from "./lease.ts";
import type { Latch, Taken } from "./lock.ts";
import { ownName, toWords } from "./name.ts";

/** The two halves of the advisory lock's number: "draw", "brid". It holds for the database that the address names. */
const [classid, objid] = [0x64726177, 0x62726964];

const application = "drawbridge ";

const whoHasIt = `
  SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = ${classid} AND objid = ${objid} AND objsubid = 2`;

/**
 * An advisory lock of a connection of its own, which the server frees when that ends. (So the address has to lead to
 * PostgreSQL itself, or to a pooler in session mode.) Connects when it is first taken. `connectMs`: how long an answer may
 * take.
 */
export function createPostgresLatch(
  url: string,
  about: Pick<Latch, "name" | "setting">,
  connectMs: number,
): ServerLatch {
  const own = `${application}${randomUUID().slice(0, 8)} ${ownName()}`.slice(0, 63);
  let client: pg.Client | undefined;
  /** Who has taken it for us. */
  let taker: pg.Client | undefined;
  let doubt = () => {};

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client({
      connectionString: url,
      application_name: own,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      // A machine that is gone without a word is noticed within half a minute.
      options: "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
    });
    made.on("error", () => drop(made));
    made.on("end", () => drop(made));
    await made.connect();
    return made;
  }

  function drop(lost: pg.Client): void {
    if (client !== lost) return;
    client = undefined;
    lost.end().catch(() => {});
    doubt();
  }

  async function takeBy(asked: pg.Client): Promise<Taken> {
    if (taker === asked) {
      await asked.query("SELECT 1");
      return "still";
    }
    const { rows } = await asked.query(`SELECT pg_try_advisory_lock(${classid}, ${objid}) AS taken`);
    if (rows[0]?.taken) {
      taker = asked;
      return "anew";
    }
    const other = String((await asked.query(whoHasIt)).rows[0]?.name ?? "");
    if (other === own) throw new Error("a connection of this process that was lost has not ended yet");
    return { by: toWords(other.split(" ").at(-1) ?? "") };
  }

  return {
    ...about,
    pollMs: 250,
    async take() {
      client ??= await connect();
      const asked = client;
      try {
        return await withLimit(connectMs, () => takeBy(asked));
      } catch (error) {
        drop(asked);
        throw error;
      }
    },
    async release() {
      const last = client;
      client = undefined;
      await last?.end();
    },
    onDoubt(listener) {
      doubt = listener;
    },
  };
}
