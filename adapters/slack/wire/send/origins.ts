/** The servers of Slack's that the bot speaks to by addresses which come in messages. Origins are compared whole. */
export interface Origins {
  /** Files are kept there: the bot's token, which opens every file of the workspace, goes nowhere else. */
  keepsFiles(address: string): boolean;
  /** Answers to presses and commands are taken there. */
  takesAnswers(address: string): boolean;
}

const fileOrigins = /^https:\/\/(?:(?:files|[\w-]+(?:\.enterprise)?)\.slack\.com|files\.slack-gov\.com)$/;
const answerOrigins = /^https:\/\/hooks\.slack(?:-gov)?\.com$/;

/**
 * `apiUrl`: another server that speaks the protocol, by http as well, and is all of them. `answersAt`: where it takes
 * answers, if that is another origin.
 */
export function createOrigins(apiUrl?: string, answersAt: string | undefined = apiUrl): Origins {
  const isAt = (address: string, origins: RegExp, other: string | undefined) => {
    const origin = URL.parse(address)?.origin;
    return origin !== undefined && (origin === URL.parse(other ?? "")?.origin || origins.test(origin));
  };
  return {
    keepsFiles: (address) => isAt(address, fileOrigins, apiUrl),
    takesAnswers: (address) => isAt(address, answerOrigins, answersAt),
  };
}
