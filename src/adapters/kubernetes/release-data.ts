import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import type { ReleaseStatus, Revision } from '../../plan/kubernetes/observed.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { Values } from '../../config/values.ts';

const [unzip, zip] = [promisify(gunzip), promisify(gzip)];

/** What Helm keeps of a revision (helm.sh/helm/v3/pkg/release, `Release`), as far as it is read. */
interface HelmRelease {
  readonly name: string;
  readonly namespace?: string;
  readonly version: number;
  readonly info: {
    readonly status: ReleaseStatus;
    readonly last_deployed?: string;
    readonly description?: string;
  };
  readonly chart?: {
    readonly metadata?: { readonly name?: string; readonly version?: string; readonly appVersion?: string };
  };
  readonly config?: Values | null;
  readonly manifest?: string;
  /** Helm 4 only. */
  readonly apply_method?: string;
}

interface DecodedRelease {
  /** Without what stands beside the data: on the Secret's labels, and the time it is now. */
  readonly revision: Omit<Revision, 'chartDigest' | 'ageSeconds'>;
  readonly applyMethod: 'csa' | 'ssa';
  /** Helm 4 always says how it applied, and Helm 3 never does. */
  readonly helmMajor: 3 | 4;
}

/** What the Secret of a revision holds under `release`: base64 of base64 of gzip of JSON. */
export async function unpackRelease<T>(data: string): Promise<T> {
  const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
  // Very old releases are not compressed; gzip begins with these bytes.
  const zipped = packed[0] === 0x1f && packed[1] === 0x8b;
  return JSON.parse((zipped ? await unzip(packed) : packed).toString('utf8')) as T;
}

/** The same the other way. */
export async function packRelease(release: unknown): Promise<string> {
  const packed = (await zip(JSON.stringify(release))).toString('base64');
  return Buffer.from(packed, 'latin1').toString('base64');
}

/** Decodes what the Secret of a revision holds under `release`. */
export async function decodeRelease(data: string): Promise<DecodedRelease> {
  const release = await unpackRelease<HelmRelease>(data);
  const metadata = release.chart?.metadata;
  let objects: readonly KubernetesObject[] | undefined;
  return {
    applyMethod: release.apply_method === 'ssa' ? 'ssa' : 'csa',
    helmMajor: release.apply_method === undefined ? 3 : 4,
    revision: {
      number: release.version,
      status: release.info.status,
      chart: {
        name: metadata?.name ?? '',
        version: metadata?.version ?? '',
        ...(metadata?.appVersion === undefined ? {} : { appVersion: metadata.appVersion }),
      },
      description: release.info.description ?? '',
      values: release.config ?? {},
      // A chart of the size of z2jh takes a tenth of a second to parse, and many commands never look.
      get objects() {
        objects ??= parseManifest(release.manifest ?? '');
        return objects;
      },
      deployedAt: isoTime(release.info.last_deployed),
    },
  };
}

/** The objects of a manifest, lists taken apart; documents that are no object left out. */
export function parseManifest(manifest: string): KubernetesObject[] {
  return parseAllDocuments(manifest, { merge: true, uniqueKeys: false })
    .map((document) => document.toJS() as unknown)
    .flatMap(objectsIn);
}

function objectsIn(document: unknown): KubernetesObject[] {
  if (typeof document !== 'object' || document === null || !('kind' in document)) return [];
  if ('items' in document && Array.isArray(document.items)) return document.items.flatMap(objectsIn);
  return [document as KubernetesObject];
}

/** Helm writes times with the zone of whoever ran it. */
function isoTime(text: string | undefined): string {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}
