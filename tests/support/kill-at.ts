/**
 * Loaded into a command with `--import`: ends it as `kill -9` does, at the very moment of its first event that
 * HUBWRIGHT_TEST_PASSED (`stepStarted accounts,stepDone accounts,…`) does not name. A signal from outside comes at any
 * time after that, when the next steps may be done. With HUBWRIGHT_TEST_KILLS=group, of a process with `ownGroup`, what it
 * has started ends with it. HUBWRIGHT_TEST_AT is how the ids begin of the steps that count.
 */
const passed = new Set(process.env['HUBWRIGHT_TEST_PASSED']?.split(','));
const whom = process.env['HUBWRIGHT_TEST_KILLS'] === 'group' ? -process.pid : process.pid;
const where = process.env['HUBWRIGHT_TEST_AT'] ?? '';
const { stdout } = process;
const write = stdout.write.bind(stdout);

stdout.write = (text: string | Uint8Array): boolean => {
  const written = write(text);
  const { type, id = '' } = JSON.parse(String(text)) as { type: string; id?: string };
  if (!/^step(Started|Done)$/.test(type) || !id.startsWith(where)) return written;
  if (!passed.has(`${type} ${id}`)) process.kill(whom, 'SIGKILL');
  return written;
};
