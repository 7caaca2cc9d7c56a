/**
 * A cell that prints what the log of a profile's commands says of each (runtime/hubwright_hub/commands.py). In a new
 * home it tells of this start alone.
 */
export const readCommandLog = [
  'import pathlib',
  'log = pathlib.Path.home() / "profile-commands.log"',
  'if log.is_file():',
  '    for line in log.read_text(errors="replace").splitlines():',
  '        if line.startswith("=== "): print(line)',
].join('\n');

/** Each command has a line when it begins (`… command 1 of 2: git clone …`) and one with what became of it. */
export function commandsThatFailed(log: string): string[] {
  const failed: string[] = [];
  let command = '';
  for (const line of log.split('\n')) {
    const begun = /^=== .* command \d+ of \d+: (.*)$/.exec(line);
    const ended = /^=== (.*) after [\d.]+ s$/.exec(line);
    if (begun) command = begun[1] ?? '';
    else if (ended && ended[1] !== 'exit code 0') failed.push(`${command}: ${ended[1]}`);
  }
  return failed;
}
