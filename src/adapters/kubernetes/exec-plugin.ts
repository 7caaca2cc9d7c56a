import { UserError } from '../../errors.ts';
import { run } from '../processes.ts';
import type { Cluster, ExecPlugin } from './kubeconfig.ts';

/** What such a program gives (client-go's ExecCredential, its `status`). */
interface ExecCredential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expirationTimestamp?: string;
}

/** A credential is fetched anew so long before it expires, so that it lasts for a request. */
const leewaySeconds = 60;
/** People may have to log in meanwhile. */
const timeoutSeconds = 300;

/**
 * Gives credentials from the program that the kubeconfig names; asks it once for requests side by side, and again
 * when what it gave expires or was refused.
 *
 * By ourselves: the library starts it once for each of those requests and does not tell it the cluster
 * (KUBERNETES_EXEC_INFO), without which some programs refuse to work.
 */
export class ExecPluginCredentials {
  readonly #plugin: ExecPlugin;
  readonly #cluster: Cluster;
  #current: Promise<ExecCredential> | undefined;
  #expires = Number.POSITIVE_INFINITY;

  constructor(plugin: ExecPlugin, cluster: Cluster) {
    this.#plugin = plugin;
    this.#cluster = cluster;
  }

  async get(): Promise<ExecCredential> {
    if (Date.now() > this.#expires) this.forget();
    this.#current ??= this.#fetch();
    try {
      return await this.#current;
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** What it gave was refused: ask again next time. */
  forget(): void {
    this.#current = undefined;
    this.#expires = Number.POSITIVE_INFINITY;
  }

  async #fetch(): Promise<ExecCredential> {
    const { command, args, env } = this.#plugin;
    const result = await run(command, args ?? [], {
      env: {
        ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify(this.#info()),
      },
      timeoutSeconds,
    });
    if (!result.ok)
      throw this.#failed(result.command, result.output.replace(result.stdout, ''), result.missing);
    const credential = readCredential(result.stdout);
    if (!credential) throw this.#failed(result.command, 'It gave neither a token nor a certificate.', false);
    if (credential.expirationTimestamp)
      this.#expires = Date.parse(credential.expirationTimestamp) - leewaySeconds * 1000;
    return credential;
  }

  #info(): unknown {
    const { apiVersion, provideClusterInfo } = this.#plugin;
    const cluster = {
      server: this.#cluster.server,
      'certificate-authority-data': this.#cluster['certificate-authority-data'] ?? undefined,
      'tls-server-name': this.#cluster['tls-server-name'] ?? undefined,
    };
    return {
      apiVersion,
      kind: 'ExecCredential',
      spec: { interactive: false, ...(provideClusterInfo ? { cluster } : {}) },
    };
  }

  #failed(command: string, details: string, missing: boolean): UserError {
    const hint = this.#plugin.installHint?.trim();
    return new UserError({
      what: missing
        ? `The program that gives your credentials for the cluster, \`${this.#plugin.command}\`, is not installed.`
        : 'The program that gives your credentials for the cluster failed.',
      where: command,
      fix: missing
        ? (hint ?? 'Install it, or take it out of the kubeconfig.')
        : 'Run it by hand and see what it wants; often you have to log in anew.',
      details: missing ? undefined : details,
    });
  }
}

/** undefined: what it printed is no credential. */
function readCredential(text: string): ExecCredential | undefined {
  try {
    const { status } = JSON.parse(text) as { status?: ExecCredential };
    return status?.token || status?.clientCertificateData ? status : undefined;
  } catch {
    // No JSON: a log-in page, a usage text.
    return undefined;
  }
}
