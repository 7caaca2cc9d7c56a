import type { Settings } from './settings.ts';

/** openstacksdk's `defaults.json`, as far as anything here can ask for it. */
export const defaults: Settings = {
  api_timeout: null,
  verify: true,
  cacert: null,
  cert: null,
  key: null,
  auth_type: 'password',
  interface: 'public',
  network_api_version: '2',
  message: '',
  status: 'active',
};
