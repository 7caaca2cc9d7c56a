import { UserError } from '../../../errors.ts';
import { type Settings, written } from './settings.ts';

/** Puts settings into a text, as Python's `str.format` does: `https://{region_name}.example.org`; `{{` is a brace. */
export function format(text: string, settings: Settings, where: string): string {
  return text.replaceAll(/\{\{|\}\}|\{([^{}]*)\}/g, (found, name: string | undefined) => {
    if (name === undefined) return found.slice(1);
    const value = written(settings[name]);
    if (value !== undefined) return value;
    throw new UserError({
      what: `A text in clouds.yaml asks for {${name}}, and there is no such setting.`,
      where,
      fix: `Add \`${name}:\` to the cloud's entry, or write each brace twice where it is meant as one.`,
      exitCode: 2,
    });
  });
}
