import { UserError } from '../../errors.ts';
import type { Seen } from '../../plan/doctor/check.ts';

/** What is read, or why it cannot be: whoever shows it shows the rest all the same. A bug of ours stays one. */
export async function seen<T>(read: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { seen: await read() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { notSeen: `${error.what} ${error.fix}`, failed: true };
  }
}
