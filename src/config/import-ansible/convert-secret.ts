import type { Fields } from './fields.ts';
import { isBlank } from './scalars.ts';
import { Blank } from './types.ts';
import type { ImportedSecret, ScalarValue, Settings, Value } from './types.ts';
import { variableName } from './slug.ts';

export interface SecretContext {
  readonly environment: string;
  /** Secrets in plain text are put here. */
  readonly secrets: ImportedSecret[];
  /** A file of this environment is encrypted as a whole and may define what is missing. */
  readonly vaultFile: string | undefined;
  readonly resolveSecret: (value: Value) => Value;
}

/** `client_secret`: a plain one moves into a file of its own, an encrypted or computed one becomes a reference to fill. */
export function convertSecret(fields: Fields, context: SecretContext): Settings | Blank {
  const value = fields.take('client_secret', context.resolveSecret);
  if (value === undefined || isBlank(value)) return missing(fields, context, value !== undefined);
  if (value.kind !== 'scalar') {
    fields.lose('client_secret', `it is a ${value.kind} where a single value belongs`);
    return new Blank(`{ fromFile: ${secretPath(context)} }`);
  }
  return value.loss === undefined ? plain(value, fields, context) : lostSecret(value, fields, context);
}

function secretPath({ environment }: SecretContext): string {
  return `secrets/${environment}-oidc-client-secret`;
}

function plain(value: ScalarValue, fields: Fields, context: SecretContext): Settings {
  const path = secretPath(context);
  context.secrets.push({ path, environment: context.environment, value: value.text?.trim() ?? '' });
  const why = `hub.yaml only refers to it. Keep the folder secrets out of git. It also stands in ${fields.place('client_secret')?.file ?? 'the form'} and in that repository's history: where others can read them, ask IRIS IAM for a new one.`;
  fields.say(
    'warning',
    `The client secret of ${context.environment} moves to the file ${path} (mode 0600)`,
    why,
    'client_secret',
  );
  return { fromFile: path };
}

function missing(fields: Fields, context: SecretContext, isThere: boolean): Settings | Blank {
  if (context.vaultFile !== undefined) return fromEnvironment(fields, context, context.vaultFile);
  if (isThere) fields.markBlank('client_secret');
  const path = secretPath(context);
  fields.say(
    'todo',
    'auth.oidc.clientSecret is not known',
    `${fields.lack('client_secret')}. Put the secret into the file ${path} (mode 0600) and refer to it.`,
    'client_secret',
  );
  return new Blank(`{ fromFile: ${path} }`);
}

function lostSecret(value: ScalarValue, fields: Fields, context: SecretContext): Settings | Blank {
  if (value.loss?.kind === 'vault')
    return fromEnvironment(fields, context, value.place.file, value.loss.variable);
  // `{{ lookup('env', 'NAME') }}` says exactly what `fromEnv` says.
  const name =
    /^\s*\{\{\s*(?:lookup|query)\(\s*['"](?:ansible\.builtin\.)?env['"]\s*,\s*['"]([A-Za-z_]\w*)['"]\s*\)\s*\}\}\s*$/.exec(
      value.text ?? '',
    )?.[1];
  if (name !== undefined) return { fromEnv: name };
  if (context.vaultFile !== undefined) return fromEnvironment(fields, context, context.vaultFile);
  const why = `${value.loss?.why ?? 'it cannot be read'}. Put the secret into the file ${secretPath(context)} (mode 0600) and refer to it`;
  fields.lose('client_secret', why);
  return new Blank(`{ fromFile: ${secretPath(context)} }`);
}

function fromEnvironment(
  fields: Fields,
  context: SecretContext,
  file: string,
  variable = 'client_secret',
): Settings {
  const name = `${variableName(context.environment)}_OIDC_CLIENT_SECRET`;
  const decrypt =
    file === context.vaultFile
      ? `\`ansible-vault view ${file}\` shows it.`
      : `\`ansible localhost -m debug -a var=${variable} -e @${file} --ask-vault-pass\` shows it.`;
  fields.say(
    'todo',
    `Set the environment variable ${name} to the client secret of ${context.environment}`,
    `It is encrypted with ansible-vault. ${decrypt} A file works too: { fromFile: ${secretPath(context)} }.`,
    'client_secret',
  );
  return { fromEnv: name };
}
