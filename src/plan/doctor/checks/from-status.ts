import type { TroubleKind } from '../../trouble.ts';
import type { Check } from '../check.ts';
import type { Harm } from '../finding.ts';

/** A check that judges by what `status` tells: what its troubles of a kind mean. */
export function fromStatus({
  kind,
  harm,
  meaning,
  ...rest
}: Pick<Check, 'id' | 'title' | 'page' | 'applies'> & {
  readonly kind: TroubleKind;
  readonly harm: Harm;
  readonly meaning: string;
}): Check<'status'> {
  return {
    ...rest,
    needs: ['status'],
    examine: ({ status }) =>
      status
        .filter((trouble) => trouble.kind === kind)
        .map(({ what, fix, evidence = [] }) => ({
          subject: what,
          harm,
          what: `${what.slice(0, 1).toUpperCase()}${what.slice(1)}.`,
          evidence,
          meaning,
          fix: `\`${fix}\``,
        })),
  };
}
