import type { Target } from './target.ts';

/** A profile that is not tried, with the reason. */
export interface Untried {
  readonly profile: string;
  readonly why: string;
}

interface Seats {
  /** Slugs of the profiles in which somebody can have a server now. */
  readonly profiles: readonly string[];
  /** The others. */
  readonly untried: readonly Untried[];
}

/** Which profiles of the environment can be tried now. */
export async function seats(target: Target): Promise<Seats> {
  const untried = (await target.withoutSeat?.()) ?? [];
  const without = new Set(untried.map(({ profile }) => profile));
  const profiles = Object.keys(target.environment.profiles).filter((slug) => !without.has(slug));
  return { profiles, untried };
}
