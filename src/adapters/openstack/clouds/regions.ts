import { UserError } from '../../../errors.ts';
import { type Settings, isSettings } from './settings.ts';

/** A region of an entry, with what is particular in it. */
export interface Region {
  /** Empty: none is said, and so none is asked for. */
  readonly name: string;
  readonly values: Settings;
}

interface Choice {
  readonly entry: Settings;
  /** What the entry's vendor says. */
  readonly profile: Settings;
  readonly cloud: string;
  readonly wanted: string | undefined;
  readonly where: string;
}

/** The region that is wanted, or the first. @throws UserError when the entry names others. */
export function chooseRegion({ entry, profile, cloud, wanted, where }: Choice): Region {
  const known = regionsOf('regions' in entry || 'region_name' in entry ? entry : profile, where);
  const [first] = known;
  if (!wanted || !first) return first ?? { name: wanted ?? '', values: {} };
  const found = known.find(({ name }) => name === wanted);
  if (found) return found;
  throw new UserError({
    what: `Cloud ${cloud} has no region ${wanted}.`,
    where,
    fix: `Name one of these as \`openstack.region\` in hub.yaml: ${known.map(({ name }) => `\`${name}\``).join(', ')}. Capitals count.`,
    exitCode: 2,
  });
}

/** `regions`, each a name or a map; or `region_name`, in which old files list several. */
function regionsOf({ regions, region_name }: Settings, where: string): Region[] {
  const listed = Array.isArray(regions) ? (regions as unknown[]) : namesIn(region_name);
  return listed.map((region) => {
    if (!isSettings(region)) return { name: String(region), values: {} };
    const { name, values, ...more } = region;
    if (typeof name === 'string' && Object.keys(more).length === 0)
      return { name, values: isSettings(values) ? values : {} };
    throw new UserError({
      what: 'A region in clouds.yaml has to be a name, or a map with `name` and `values` alone.',
      where,
      fix: 'Put what is particular in that region under its `values`.',
      exitCode: 2,
    });
  });
}

function namesIn(regionName: unknown): unknown[] {
  if (Array.isArray(regionName)) return regionName as unknown[];
  return typeof regionName === 'string' && regionName !== '' ? regionName.split(',') : [];
}
