/** The nested part of Discord's error body: keys lead to a field, `_errors` says what is wrong with it. */
export interface ErrorTree {
  [key: string]: ErrorTree | readonly FieldError[];
}

/** One thing wrong with one field. */
export interface FieldError {
  readonly code: string;
  readonly message: string;
}

/** A request that is answered with an error in Discord's own shape. Source: docs, topics/opcodes-and-status-codes. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Discord's JSON error code; 0 for errors of HTTP itself. */
  readonly code: number;
  readonly errors?: ErrorTree;
  /** Set where the same may be asked again after so long: the answer is a 429. */
  readonly retryAfterMs?: number;

  constructor(
    status: number,
    code: number,
    message: string,
    { errors, retryAfterMs }: { readonly errors?: ErrorTree; readonly retryAfterMs?: number } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    if (errors) this.errors = errors;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** The JSON body of an error. */
export function toErrorBody(error: ApiError): { message: string; code: number; errors?: ErrorTree } {
  return { message: error.message, code: error.code, ...(error.errors ? { errors: error.errors } : {}) };
}

const refusals = {
  unauthorized: [401, 0, "401: Unauthorized"],
  methodNotAllowed: [405, 0, "405: Method Not Allowed"],
  unknownApplication: [404, 10002, "Unknown Application"],
  unknownChannel: [404, 10003, "Unknown Channel"],
  unknownGuild: [404, 10004, "Unknown Guild"],
  unknownMember: [404, 10007, "Unknown Member"],
  unknownMessage: [404, 10008, "Unknown Message"],
  unknownUser: [404, 10013, "Unknown User"],
  unknownWebhook: [404, 10015, "Unknown Webhook"],
  unknownInteraction: [404, 10062, "Unknown interaction"],
  unknownCommand: [404, 10063, "Unknown application command"],
  tooManyAttachments: [400, 30015, "Maximum number of attachments in a message reached (10)"],
  tooManyCommands: [400, 30032, "Maximum number of application commands reached"],
  tooManyCreates: [400, 30034, "Max number of daily application command creates has been reached (200)"],
  tooLarge: [413, 40005, "Request entity too large"],
  acknowledged: [400, 40060, "Interaction has already been acknowledged."],
  tooManyFollowUps: [400, 40094, "Maximum number of follow-up messages for this interaction reached (5)"],
  missingAccess: [403, 50001, "Missing Access"],
  emptyMessage: [400, 50006, "Cannot send an empty message"],
  closedDms: [403, 50007, "Cannot send messages to this user"],
  noText: [400, 50008, "Cannot send messages in a non-text channel"],
  notAuthor: [403, 50005, "Cannot edit a message authored by another user"],
  missingPermissions: [403, 50013, "Missing Permissions"],
  wrongChannelType: [400, 50024, "Cannot execute action on this channel type"],
  expiredToken: [401, 50027, "Invalid Webhook Token"],
  systemMessage: [403, 50021, "Cannot execute action on a system message"],
  archived: [400, 50083, "Thread is archived"],
  badJson: [400, 50109, "The request body contains invalid JSON."],
  noHistory: [400, 160002, "Cannot reply without permission to read message history"],
  threadExists: [400, 160004, "A thread has already been created for this message"],
  locked: [400, 160005, "Thread is locked"],
} as const satisfies Record<string, readonly [number, number, string]>;

/** Seen by clients as a rate limit with a code of its own. docs: topics/opcodes-and-status-codes, 30046. */
export function refuseOldEdit(retryAfterMs: number): ApiError {
  const message = "Maximum number of edits to messages older than 1 hour reached. Try again later.";
  return new ApiError(429, 30046, message, { retryAfterMs });
}

/** One of the refusals that carry nothing but their code. */
export function refuse(name: keyof typeof refusals): ApiError {
  const [status, code, message] = refusals[name];
  return new ApiError(status, code, message);
}
