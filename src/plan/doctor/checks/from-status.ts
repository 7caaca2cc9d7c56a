import type { Environment } from '../../../config/schema/environment.ts';
import type { TroubleKind } from '../../trouble.ts';
import type { Check } from '../check.ts';
import type { Harm } from '../finding.ts';

/** A check that judges by what `status` tells: what its troubles of a kind mean. */
export function fromStatus({
  kind,
  harm,
  meaning,
  target,
  ...rest
}: Pick<Check, 'id' | 'title' | 'page'> & {
  readonly kind: TroubleKind;
  readonly harm: Harm;
  readonly meaning: string;
  /** Where only one kind has it. */
  readonly target?: Environment['target'];
}): Check<'status'> {
  return {
    ...rest,
    needs: ['status'],
    ...(target === undefined ? {} : { applies: (environment: Environment) => environment.target === target }),
    examine: ({ status }) =>
      status
        .filter((trouble) => trouble.kind === kind)
        .map(({ what, fix }) => ({
          subject: what,
          harm,
          what: `${what.slice(0, 1).toUpperCase()}${what.slice(1)}.`,
          evidence: [],
          meaning,
          fix: `\`${fix}\``,
        })),
  };
}
