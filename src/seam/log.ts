import { pino, stdSerializers } from "pino";

/** The log: one JSON object a line, with an event name and fields. */
export interface Log {
  child(fields: Readonly<Record<string, unknown>>): Log;
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** Fields whose values are secret, whatever they look like, in an object that is logged or one level below. */
const secretFields = ["apiKey", "token", "password", "authorization", "cookie", "secret"];

/** Headers that carry keys: OpenAI's and Slack's, Azure's, those of Anthropic's and Google's kind, of gateways. */
const secretHeaders = [
  ...["authorization", "proxy-authorization", "cookie", "set-cookie"],
  ...["api-key", "x-api-key", "ocp-apim-subscription-key", "x-goog-api-key", "x-auth-token"],
];

/** Where a secret may stand in a logged object. Values there are replaced, whatever the level. */
const secrets = [
  ...secretFields.flatMap((name) => [name, `*.${name}`]),
  ...secretHeaders.flatMap((name) => ["", "*.", "headers", "*.headers"].map((at) => pathTo(at, name))),
];

function pathTo(at: string, name: string): string {
  return at.endsWith(".") ? `${at.slice(0, -1)}["${name}"]` : `${at}["${name}"]`;
}

/** Parameters of addresses that are secret: signatures, tickets, passwords of databases, keys. */
const secretParameters =
  "sig|hm|signature|(?:access_|refresh_)?token|ticket|(?:client_)?secret|(?:ssl)?password|passwd|pwd|(?:api[-_]?)?key|code|X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential";

/** A header and its colon, or a field and its value, also where an object was made JSON once or twice. */
const mark = String.raw`\\{0,3}["']`;
const named = [
  String.raw`(?:${secretHeaders.join("|")})(?:${mark})?\s{0,2}:\s{0,2}(?:${mark})?`,
  String.raw`(?:api[-_]?key|password|(?:client[-_]?)?secret|\b(?:(?:access|refresh|id|bot)_?)?token)(?:${mark}\s{0,2}:\s{0,2}${mark}|=(?:${mark})?)`,
].join("|");

/**
 * Shapes of keys and tokens, of headers, of passwords in addresses, of signed addresses, webhooks and answers to
 * interactions, for those that hide inside a message. None reaches over a quote: what is searched is a line of JSON.
 */
const secretShapes = new RegExp(
  [
    String.raw`(?<![a-z\d])(?:sk-[\w*-]{8,}|sess-[\w-]{8,}|xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+)`,
    String.raw`\b(?:[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?)`,
    // Google's, GitHub's and Hugging Face's: gateways are given those of others, and repeat them.
    String.raw`\b(?:AIza[\w-]{30,}|gh[pousr]_\w{30,}|hf_\w{30,})`,
    String.raw`(?<=Bearer\s)[^\s"]+`,
    String.raw`(?<=(?:${named}))(?:(?:Basic|Bearer|Bot)\s)?[^\s"'\\,;&}]+`,
    String.raw`(?<=\/\/)[^/\s:@"]*:[^/\s"]+(?=@)`,
    String.raw`(?<=[?&](?:${secretParameters})=)[^&\s"]+`,
    String.raw`(?<=\/(?:webhooks|interactions)\/\d{1,25}\/)[\w.~-]+`,
    String.raw`(?<=hooks\.slack(?:-gov)?\.com\/)[^\s"\\]+`,
  ].join("|"),
  "gi",
);

/** Characters of an error's words in the log: a server may send a book. */
const mostWords = 4000;

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
    message: shorten(message),
    ...(stack !== undefined && { stack: shorten(stack) }),
    ...(code !== undefined && { code }),
    ...(status !== undefined && { status }),
    ...(requestID !== undefined && requestID !== null && { requestID }),
    ...(error.cause instanceof Error && { cause: serializeError(error.cause) }),
  };
}

function shorten(words: string): string {
  return words.length > mostWords ? `${words.slice(0, mostWords)}…` : words;
}
