import type { Fields } from './fields.ts';
import { sayQuoted } from './convert-auth.ts';
import { quote } from './quote.ts';
import { Blank } from './types.ts';
import type { Settings } from './types.ts';

/** Where people reach the hub: `host_domain`, `ip_address`, `staging_cert`. */
export function convertAddress(fields: Fields): Settings {
  const domain = readDomain(fields);
  const floatingIp = fields.text('ip_address');
  if (floatingIp === undefined) {
    fields.say(
      'todo',
      'address.floatingIp is not known',
      `${fields.lack('ip_address')}. Without it the load balancer takes any new address.`,
      'ip_address',
    );
  }
  return {
    address: {
      domain: domain ?? new Blank('training.jupyter.example.org'),
      floatingIp: floatingIp ?? new Blank('192.0.2.50'),
    },
    https: { letsEncrypt: { staging: readStaging(fields) } },
  };
}

function readDomain(fields: Fields): string | undefined {
  const text = fields.text('host_domain');
  if (text === undefined) {
    fields.say(
      'todo',
      'address.domain is not known',
      `${fields.lack('host_domain')}, and HTTPS needs it.`,
      'host_domain',
    );
    return undefined;
  }
  const domain = text.replace(/^https?:\/\//i, '').replace(/\/.*$/, '');
  if (domain !== text) {
    fields.say(
      'info',
      `host_domain ${quote(text)} was written as ${quote(domain)}`,
      'The domain is the name alone.',
      'host_domain',
    );
  }
  return domain;
}

function readStaging(fields: Fields): boolean {
  const staging = fields.flag('staging_cert');
  if (staging === undefined) {
    fields.say(
      'info',
      'https.letsEncrypt.staging is false',
      `${fields.lack('staging_cert')}, and without it the playbook asks for real certificates.`,
      'staging_cert',
    );
    return false;
  }
  if (staging) sayQuoted(fields, 'staging_cert', 'asks for real certificates');
  return staging;
}

/** The training materials on NFS: `nfs_ip`. The export and the folder in servers are fixed in the playbook. */
export function convertMaterials(fields: Fields): Settings {
  const server = fields.text('nfs_ip');
  if (server === undefined) {
    fields.say(
      'info',
      'No materials folder was written',
      `${fields.lack('nfs_ip')}. The playbook mounts /mnt/materials all the same, from a server without address. To have it, write materials: { nfs: { server: ..., path: /var/training-materials } }.`,
      'nfs_ip',
    );
    return {};
  }
  return { materials: { nfs: { server, path: '/var/training-materials' }, mountPath: '/mnt/materials' } };
}
