import { z } from 'zod';

/** Texts that people often write in another form; `shape/formats.ts` says what to write instead. */
export type Format =
  | 'accountName'
  | 'cpu'
  | 'dnsLabel'
  | 'duration'
  | 'email'
  | 'hostname'
  | 'ipv4'
  | 'localPath'
  | 'memory'
  | 'absolutePath'
  | 'resolver'
  | 'secret'
  | 'server'
  | 'storage'
  | 'url'
  | 'variableName';

/** Which schema is of which format. Not in the schema's `meta`, which goes into the JSON Schema. */
export const formats = z.registry<{ format: Format }>();

/** A name that is also a DNS label: Kubernetes objects, folders and URLs are named with it. */
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be lower-case letters, digits and dashes, at most 63 of them',
  )
  .register(formats, { format: 'dnsLabel' });

/** `90s`, `10m`, `1h`, `5d`. `durationSeconds` turns it into seconds. */
export const duration = z
  .string()
  .regex(/^[1-9][0-9]*(s|m|h|d)$/, 'must be a whole number with s, m, h or d behind it, such as 90s or 5d')
  .register(formats, { format: 'duration' });

/** A size in Kubernetes' binary units, as PersistentVolumeClaims use them. */
export const storageSize = z
  .string()
  .regex(/^[1-9][0-9]*(Mi|Gi|Ti)$/, 'must be a whole number with Mi, Gi or Ti behind it, such as 10Gi')
  .register(formats, { format: 'storage' });

/** An absolute path on some machine, not necessarily this one. */
export const absolutePath = z
  .string()
  .regex(/^\/\S*$/, 'must be an absolute path, starting with /')
  .register(formats, { format: 'absolutePath' });

/** A path on this machine; a relative one counts from the folder of the file it is written in. */
export const localPath = z.string().min(1, 'must not be empty').register(formats, { format: 'localPath' });

export const url = z
  .string()
  .regex(/^https?:\/\/[^\s/]+\S*$/, 'must be a URL that starts with https:// or http://')
  .register(formats, { format: 'url' });

const octet = String.raw`(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const ipv4Text = String.raw`(${octet}\.){3}${octet}`;
/** Without its anchors. */
const ipv6Text = z.regexes.ipv6.source.slice(1, -1);
/** 1 to 65535. */
const portText = String.raw`(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3})`;

export const ipv4 = z
  .string()
  .regex(new RegExp(`^${ipv4Text}$`), 'must be an IPv4 address, such as 192.0.2.50')
  .register(formats, { format: 'ipv4' });

/** A DNS resolver by its address, with a port where it is not 53. */
export const resolver = z
  .string()
  .regex(
    new RegExp(String.raw`^((${ipv4Text}|\[${ipv6Text}\])(:${portText})?|${ipv6Text})$`),
    'must be the address of a DNS resolver, such as 1.1.1.1 or 192.0.2.53:5353',
  )
  .register(formats, { format: 'resolver' });

export const hostname = z
  .string()
  .regex(
    /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
    'must be a host name, such as training.jupyter.example.org',
  )
  .register(formats, { format: 'hostname' });

export const port = z.int().min(1).max(65535);

/** `off` turns a part off, also one that `defaults` turned on. YAML 1.2 reads `off` as text; `false` means the same. */
export const off = z.union([z.literal('off'), z.literal(false)]);
