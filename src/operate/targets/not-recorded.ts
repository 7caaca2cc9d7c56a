import { UserError } from '../../errors.ts';

/** Of an environment without monitoring. */
export function notRecorded(environment: string): UserError {
  return new UserError({
    what: `Nothing is recorded of ${environment}: its \`monitoring\` is off.`,
    fix: `Write \`monitoring: {}\` into it, then \`hubwright deploy ${environment}\`. What happens from then on is recorded.`,
    exitCode: 2,
  });
}
