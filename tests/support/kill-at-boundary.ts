// Loaded before the tool (`NODE_OPTIONS=--import`), which writes its events as JSON: ends it with SIGKILL, and all that it
// has started, the moment that it has said that a step was begun or is done, unless HUBWRIGHT_TEST_SURVIVES names that.
// From outside nobody is so fast: the next step may be done within milliseconds.

const survives = new Set((process.env['HUBWRIGHT_TEST_SURVIVES'] ?? '').split(' '));
const write = process.stdout.write.bind(process.stdout);

process.stdout.write = (text: string | Uint8Array): boolean => {
  const line = String(text);
  const written = write(line);
  if (/^\{"type":"step(Started|Done)"/.test(line)) {
    const { type, id } = JSON.parse(line) as { type: string; id: string };
    // The test has given it a process group of its own.
    if (!survives.has(`${type}:${id}`)) process.kill(-process.pid, 'SIGKILL');
  }
  return written;
};
