import { UserError } from '../../../errors.ts';
import { type Settings, authOf, text } from './settings.ts';

/** How Keystone is asked for a token (Identity API v3, `POST /v3/auth/tokens`). */
export interface Credentials {
  /** In words, for messages: `user alex`. */
  readonly who: string;
  readonly authUrl: string;
  readonly identity: object;
  /** undefined: the credentials themselves say for what, or Keystone does. */
  readonly scope: object | undefined;
  /** Never to be seen. */
  readonly secrets: readonly string[];
}

const methods: Readonly<Record<string, (auth: Auth) => Pick<Credentials, 'who' | 'identity' | 'secrets'>>> = {
  password,
  v3password: password,
  token,
  v3token: token,
  v3applicationcredential: applicationCredential,
};

/** Options of these methods. Those that stand beside `auth` count where `auth` has none. */
const options = [
  'auth_url',
  'system_scope',
  'trust_id',
  'domain_id',
  'domain_name',
  'project_id',
  'project_name',
  'project_domain_id',
  'project_domain_name',
  'default_domain_id',
  'default_domain_name',
  'user_id',
  'username',
  'user_name',
  'user_domain_id',
  'user_domain_name',
  'password',
  'token',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
] as const;

interface Auth {
  get(option: (typeof options)[number]): string | undefined;
  /** @throws UserError when none of them is there. */
  must(...names: (typeof options)[number][]): string;
  fail(what: string, fix: string): never;
}

/**
 * The credentials of a cloud's settings, and these without them.
 *
 * @throws UserError when something is missing, or the way to log in is one that needs more than clouds.yaml.
 */
export function takeCredentials(
  settings: Settings,
  where: string,
): { readonly credentials: Credentials; readonly rest: Settings } {
  const auth = authReader(settings, where);
  const type = text(settings['auth_type']) ?? 'none';
  const method = methods[type];
  if (!method)
    return auth.fail(
      `Logging in with auth_type ${type} is not supported.`,
      `Use one of ${Object.keys(methods).join(', ')}. Where you log in with a browser, make an application credential (\`openstack application credential create hubwright\`) and use v3applicationcredential.`,
    );
  const authUrl = auth.must('auth_url').replace(/\/+$/, '');
  if (!/^https?:\/\/./.test(authUrl) || !URL.canParse(authUrl))
    auth.fail(
      'The `auth_url` of the cloud is no address.',
      'It begins with https:// and often ends in :5000/v3.',
    );
  const credentials = { authUrl, ...method(auth), scope: scopeOf(auth, type) };
  const rest = Object.entries(settings).filter(([key]) => !options.includes(key as never) && key !== 'auth');
  return { credentials, rest: Object.fromEntries(rest) };
}

function authReader(settings: Settings, where: string): Auth {
  const auth = authOf(settings);
  const fail = (what: string, fix: string): never => {
    throw new UserError({ what, where, fix, exitCode: 2 });
  };
  const get: Auth['get'] = (option) => text(auth[option]) ?? text(settings[option]);
  return {
    get,
    must: (...names) => {
      const found = names.map(get).find((value) => value !== undefined);
      if (found !== undefined) return found;
      const [name = ''] = names;
      const odd = names.find((each) => typeof auth[each] === 'boolean');
      if (odd)
        return fail(
          `\`${odd}\` in clouds.yaml is not a text: yes, no, on and off are none.`,
          'Put it in quotes.',
        );
      return fail(
        `The cloud's settings lack \`${name}\`.`,
        `Add it under \`auth\` in clouds.yaml (a secret one in secure.yaml), or as OS_${name.toUpperCase()} where all of them are variables.`,
      );
    },
    fail,
  };
}

function password(auth: Auth): ReturnType<(typeof methods)[string]> {
  const secret = auth.must('password');
  const { who, user } = userOf(auth);
  return {
    who,
    identity: { methods: ['password'], password: { user: { ...user, password: secret } } },
    secrets: [secret],
  };
}

function token(auth: Auth): ReturnType<(typeof methods)[string]> {
  const id = auth.must('token');
  return { who: 'the token', identity: { methods: ['token'], token: { id } }, secrets: [id] };
}

function applicationCredential(auth: Auth): ReturnType<(typeof methods)[string]> {
  const secret = auth.must('application_credential_secret');
  const id = auth.get('application_credential_id');
  // A name is unique for its user alone.
  const which = id
    ? { id }
    : {
        name: auth.must('application_credential_id', 'application_credential_name'),
        user: userOf(auth).user,
      };
  return {
    who: `application credential ${id ?? auth.get('application_credential_name') ?? ''}`,
    identity: { methods: ['application_credential'], application_credential: { ...which, secret } },
    secrets: [secret],
  };
}

function userOf(auth: Auth): { readonly who: string; readonly user: object } {
  const id = auth.get('user_id');
  if (id) return { who: `user ${id}`, user: { id } };
  const name = auth.get('username') ?? auth.must('username', 'user_name');
  return { who: `user ${name}`, user: { name, domain: domainOf(auth, 'user') } };
}

function domainOf(auth: Auth, of: 'user' | 'project'): object {
  const id = auth.get(`${of}_domain_id`) ?? auth.get('default_domain_id');
  return id ? { id } : { name: auth.must(`${of}_domain_name`, 'default_domain_name') };
}

function scopeOf(auth: Auth, type: string): object | undefined {
  const scopes = [
    ...ifSaid('project', projectScope(auth)),
    ...ifSaid('domain', idOrName(auth.get('domain_id'), auth.get('domain_name'))),
    ...ifSaid('OS-TRUST:trust', idOrName(auth.get('trust_id'), undefined)),
    ...ifSaid('system', auth.get('system_scope') === 'all' ? { all: true } : undefined),
  ];
  if (type === 'v3applicationcredential' && scopes.length > 0)
    auth.fail(
      'An application credential is for one project, and clouds.yaml names one besides.',
      'Take project_*, domain_* and the like out of the entry (or unset OS_PROJECT_ID, OS_PROJECT_NAME and theirs).',
    );
  if (scopes.length > 1)
    auth.fail(
      'The cloud is asked for more than one of: project, domain, trust, system.',
      'Leave one of them in the entry: the project.',
    );
  return scopes[0];
}

function projectScope(auth: Auth): object | undefined {
  const id = auth.get('project_id');
  if (id) return { id };
  const name = auth.get('project_name');
  return name ? { name, domain: domainOf(auth, 'project') } : undefined;
}

function idOrName(id: string | undefined, name: string | undefined): object | undefined {
  if (id) return { id };
  return name ? { name } : undefined;
}

function ifSaid(kind: string, value: object | undefined): object[] {
  return value ? [{ [kind]: value }] : [];
}
