import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** 16 MB and some tenths of a second each. Source: OWASP's “Password Storage Cheat Sheet”. */
const cost = { N: 2 ** 14, r: 8, p: 5 } as const satisfies ScryptOptions;
const keyBytes = 32;

/** What a password is known again by: `scrypt$salt$key`, both base64url. */
export async function toVerifier(password: string): Promise<string> {
  const salt = randomBytes(16);
  return ["scrypt", salt.toString("base64url"), (await derive(password, salt)).toString("base64url")].join(
    "$",
  );
}

/** False also for a verifier that is none. Takes as long for a wrong password as for the right one. */
export async function isPassword(password: string, verifier: string): Promise<boolean> {
  const [kind, salt = "", key = ""] = verifier.split("$");
  const known = Buffer.from(key, "base64url");
  if (kind !== "scrypt" || known.length !== keyBytes) return false;
  return timingSafeEqual(await derive(password, Buffer.from(salt, "base64url")), known);
}

/** Two keyboards may write one letter in two ways. */
function derive(password: string, salt: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(password.normalize("NFC"), salt, keyBytes, cost, (error, key) =>
    error ? reject(error) : resolve(key),
  );
  return promise;
}
