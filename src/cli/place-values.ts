import { valuesFindings } from '../config/chart-values/findings.ts';
import { ChartRefusesValues } from '../config/chart-values/refused.ts';
import type { Environment } from '../config/schema/environment.ts';
import { UserError } from '../errors.ts';
import type { Io } from './io.ts';
import type { OpenConfig } from './open-config.ts';
import { wantsColour } from './render/paint.ts';
import { renderProblems } from './render/problems.ts';
import { widthOf } from './render/wrap.ts';

/** Does the work; where a chart refuses its values, the error says where in the file they were written. */
export async function placingValues<Result>(
  work: Promise<Result>,
  { file, text }: { readonly file: string; readonly text: string },
  environment: Environment,
  io: Io,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ChartRefusesValues)) throw error;
    const findings = valuesFindings(error.violations, environment);
    const { placeFindings } = await import('../config/place-findings.ts');
    const problems = placeFindings({ file, text }, environment.name, findings);
    const shown = renderProblems(problems, new Map([[file, text]]), {
      colour: wantsColour(io, 'stderr'),
      // Shown two columns further in.
      width: widthOf(io, 'stderr') - 2,
    });
    throw new UserError({
      what: error.what,
      where: file,
      fix: 'Correct what is listed below, then run the command again.',
      details: shown.trimEnd(),
      exitCode: 2,
      cause: error,
    });
  }
}

/** What `placingValues` needs to know of a config. */
export function textOf({ shown, text }: OpenConfig): { readonly file: string; readonly text: string } {
  return { file: shown, text };
}
