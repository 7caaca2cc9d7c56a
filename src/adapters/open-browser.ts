import { UserError } from '../errors.ts';
import { run } from './processes.ts';

/** Opens an address in the person's browser. @throws UserError where there is none. */
export async function openBrowser(url: string): Promise<void> {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const result = await run(program, [url]);
  if (result.ok) return;
  throw new UserError({
    what: 'No browser could be opened here.',
    where: program,
    fix: `Open it yourself: ${url}`,
  });
}
