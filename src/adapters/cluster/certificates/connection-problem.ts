/** Of a connection to the hub's public address. */
export const timeoutMs = 5000;

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ECONNRESET: 'the connection is closed at once',
  ENOTFOUND: 'its name is not in the DNS',
};

/** Why a connection came to nothing, in plain words. */
export function connectionProblem(error: NodeJS.ErrnoException): string {
  return words[error.code ?? ''] ?? error.message;
}

export function noAnswer(): Error {
  return Object.assign(new Error('no answer within 5 seconds'), { code: 'ETIMEDOUT' });
}
