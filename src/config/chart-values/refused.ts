import { UserError } from '../../errors.ts';
import type { Violation } from './violations.ts';

/** A chart's own schema refuses the values. Who has the config file at hand can tell where they were written. */
export class ChartRefusesValues extends UserError {
  readonly violations: readonly Violation[];
  readonly subject: string;

  constructor(refused: {
    readonly subject: string;
    readonly violations: readonly Violation[];
    readonly where: string;
    readonly details: string;
  }) {
    super({
      what: `The chart of ${refused.subject} does not allow these values; nothing was sent.`,
      where: refused.where,
      fix: 'Correct them in hub.yaml: most often something under `helmValues`.',
      details: refused.details,
      exitCode: 2,
    });
    this.violations = refused.violations;
    this.subject = refused.subject;
  }
}
