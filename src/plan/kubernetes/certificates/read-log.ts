/** Why there is no certificate, as far as the log of traefik tells. */
type CauseKind =
  | 'dns'
  | 'port'
  | 'otherServer'
  | 'caa'
  | 'rateLimit'
  | 'account'
  | 'name'
  | 'serverTrouble'
  | 'unreachable'
  | 'unknown';

export interface Cause {
  readonly kind: CauseKind;
  /** A whole sentence. */
  readonly what: string;
  /** What to do about it, a sentence. */
  readonly todo: string;
  /** The server wants no further request before. ISO 8601. */
  readonly notBefore?: string;
  /** As the log has it. */
  readonly line: string;
}

interface Reading {
  readonly kind: CauseKind;
  readonly pattern: RegExp;
  readonly what: string;
  readonly todo: string;
}

/** The first that fits counts: a limit names other things too. */
const readings: readonly Reading[] = [
  {
    kind: 'rateLimit',
    pattern:
      /acme:error:rateLimited|too many (failed authorizations|certificates|new orders|new registrations)/,
    what: "Let's Encrypt gives no more certificates for now: its limit is reached.",
    todo: 'Wait until then; nothing that is changed here makes it shorter.',
  },
  {
    kind: 'caa',
    pattern: /acme:error:caa|CAA record/,
    what: "A CAA record of the domain forbids Let's Encrypt to issue for it.",
    todo: 'Have `0 issue "letsencrypt.org"` added to the CAA records of the domain.',
  },
  {
    kind: 'dns',
    pattern: /acme:error:dns\b|NXDOMAIN|SERVFAIL|no valid A(AAA)? records/,
    what: "Let's Encrypt does not find the address of the name in the DNS.",
    todo: 'Correct the A record of the name, and take an AAAA record away that leads elsewhere.',
  },
  {
    kind: 'port',
    pattern:
      /acme:error:connection|Timeout during connect|[Cc]onnection refused|[Ee]rror getting validation data/,
    what: "Let's Encrypt does not reach port 80 of the hub.",
    todo: 'Open port 80 to the world in the security group and the firewall before the load balancer.',
  },
  {
    kind: 'otherServer',
    pattern: /acme:error:unauthorized|Invalid response from/,
    what: 'Something else than this hub answered on port 80 of the name.',
    todo: 'See that every A and AAAA record of the name leads to this hub alone, and that one pod of autohttps runs.',
  },
  {
    kind: 'account',
    pattern:
      /acme:error:(invalidContact|unsupportedContact|accountDoesNotExist|externalAccountRequired|userActionRequired)/,
    what: "Let's Encrypt does not take the account.",
    todo: 'Correct `contactEmail` in the file, and deploy.',
  },
  {
    kind: 'name',
    pattern: /acme:error:(rejectedIdentifier|unsupportedIdentifier)/,
    what: "Let's Encrypt gives no certificates for this name.",
    todo: 'Use another name, or a certificate of your own (`https.secretName` or `https.files`).',
  },
  {
    kind: 'serverTrouble',
    pattern: /acme:error:(badNonce|serverInternal|malformed|orderNotReady)|: (500|502|503|504) ::/,
    what: "Let's Encrypt has trouble of its own.",
    todo: 'Try again in some minutes; https://letsencrypt.status.io tells how it is.',
  },
  {
    kind: 'unreachable',
    pattern: /[Cc]annot get ACME client|get directory at|no such host|i\/o timeout|x509: /,
    what: "traefik does not get to Let's Encrypt's server.",
    todo: 'See that pods of this namespace may open connections to the internet, port 443.',
  },
];

/**
 * Lines that tell of a certificate that was not given. "Cannot retrieve the ACME challenge" is none: traefik says it of
 * whoever asks for a path that it does not know, Hubwright's own look at port 80 and any scanner of the internet.
 */
const isFailure =
  /Unable to obtain ACME certificate|Error renewing (?:ACME )?certificate|[Cc]annot get ACME client|Unable to renew/;

/** The last that traefik says of a certificate that it did not get; undefined: it says nothing of the kind. */
export function readLog(lines: readonly string[]): Cause | undefined {
  const line = lines.findLast((one) => isFailure.test(one));
  if (line === undefined) return undefined;
  const plain = withoutColours(line);
  const reading = readings.find(({ pattern }) => pattern.test(plain));
  const notBefore = retryTime(plain);
  return {
    kind: reading?.kind ?? 'unknown',
    what: reading?.what ?? 'traefik could not get the certificate.',
    todo: reading?.todo ?? 'Read the line of its log that stands here.',
    ...(notBefore === undefined ? {} : { notBefore }),
    line: plain.length > 600 ? `${plain.slice(0, 600)}…` : plain,
  };
}

/** Boulder's words: `retry after 2026-11-30 10:00:00 UTC`. */
function retryTime(line: string): string | undefined {
  const [, date, time] = /retry after (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?: ?UTC|Z)/.exec(line) ?? [];
  return date === undefined ? undefined : `${date}T${time}Z`;
}

function withoutColours(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replaceAll(/\u001b\[[0-9;]*m/g, '').trim();
}
