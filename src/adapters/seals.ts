import { encryptAge, encrypterFor } from './age.ts';
import { encryptSops } from './sops.ts';

/** Implements `Seal` of `cli/adapters.ts`. */
interface Seal {
  readonly ending: string;
  readonly seal: (file: {
    readonly path: string;
    readonly text: string;
    readonly secrets: readonly string[];
  }) => Promise<string>;
}

/** @throws UserError for a recipient that is none. */
export function ageSeal(recipients: readonly string[]): Seal {
  encrypterFor(recipients);
  return { ending: '.yaml.age', seal: ({ text }) => encryptAge(text, recipients) };
}

export function sopsSeal(env: NodeJS.ProcessEnv): Seal {
  return { ending: '.sops.yaml', seal: (file) => encryptSops(file, env) };
}
