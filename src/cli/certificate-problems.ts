import { gathered, locator } from '../config/locate.ts';
import type { Problem } from '../config/problem.ts';
import type { Environment } from '../config/schema/environment.ts';
import type { Source } from '../config/source.ts';
import { type OwnFault, ownFaults } from '../plan/kubernetes/certificates/own.ts';
import { forEnvironment } from '../plan/kubernetes/certificates/state.ts';
import type { OwnObserved } from '../plan/kubernetes/certificates/observed.ts';

/** People may know better: of a private authority, or on a machine where the file is not. */
const warnings: ReadonlySet<OwnFault> = new Set(['endsSoon', 'notYet', 'chain']);

/** What is wrong with certificates in files, each with its place in the config file. */
export function certificateProblems(
  source: Source,
  all: readonly { readonly environment: Environment; readonly observed: OwnObserved }[],
): Problem[] {
  return gathered(
    all.flatMap(({ environment, observed }) =>
      ownFaults(observed).map(({ id, what, todo }) =>
        locator(source, environment.name).problem({
          code: `certificate-${id.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
          severity: warnings.has(id) || isElsewhere(id, observed) ? 'warning' : 'error',
          path: ['https', 'files', id === 'otherKey' ? 'key' : 'certificate'],
          at: 'value',
          message: what.replace(/\.$/, ''),
          fix: forEnvironment(todo, environment.name),
        }),
      ),
    ),
  );
}

/** One from the root may be of another machine, where the file will be used. */
function isElsewhere(id: OwnFault, { where }: OwnObserved): boolean {
  return id === 'missing' && where.startsWith('/');
}
