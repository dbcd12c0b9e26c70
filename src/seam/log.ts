import { pino, stdSerializers } from "pino";

/** The log: one JSON object a line, with an event name and fields. */
export interface Log {
  child(fields: Readonly<Record<string, unknown>>): Log;
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** Where a secret may stand in a logged object. Values there are replaced, whatever the level. */
const secrets = [
  "apiKey",
  "token",
  "password",
  "authorization",
  "cookie",
  "headers.authorization",
  "headers.cookie",
  "*.apiKey",
  "*.token",
  "*.password",
  "*.authorization",
  "*.cookie",
  "*.headers.authorization",
  "*.headers.cookie",
];

/**
 * Shapes of keys and tokens, of passwords in addresses, of signed addresses and webhooks, for those that hide inside a
 * message. None reaches over a quote: what is searched is a line of JSON.
 */
const secretShapes = new RegExp(
  [
    String.raw`\b(?:sk-[\w-]{8,}|xox[a-z]-[\w-]+|xapp-[\w-]+|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,})`,
    String.raw`(?<=Bearer\s)[^\s"]+`,
    String.raw`(?<=\/\/)[^/\s:@"]*:[^/\s"]+(?=@)`,
    String.raw`(?<=[?&](?:sig|hm|signature|token|X-Amz-Signature|X-Amz-Security-Token)=)[^&\s"]+`,
    String.raw`(?<=\/webhooks\/\d+\/)[\w-]+`,
  ].join("|"),
  "gi",
);

/** Writes to standard error, so that standard output stays for people. */
export function createLog(level: string, destination: { write(line: string): void } = process.stderr): Log {
  return pino(
    {
      level,
      base: null,
      redact: { paths: secrets, censor: "[redacted]" },
      serializers: { error: serializeError, err: serializeError },
    },
    { write: (line: string) => destination.write(redact(line)) },
  );
}

/** The text with everything that looks like a secret replaced. */
export function redact(text: string): string {
  return text.replace(secretShapes, "[redacted]");
}

/** The stock serializer copies every field of an error, among them request headers and bodies: keep what explains. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  const { code, status, requestID } = error as { code?: unknown; status?: unknown; requestID?: unknown };
  return {
    type,
    message,
    stack,
    ...(code !== undefined && { code }),
    ...(status !== undefined && { status }),
    ...(requestID !== undefined && requestID !== null && { requestID }),
    ...(error.cause instanceof Error && { cause: serializeError(error.cause) }),
  };
}
