import { environment, type Environment } from './schema/environment.ts';

/** A local environment of which only the names are known. */
export function bareEnvironment(deployment: string, name: string): Environment {
  return { ...environment.parse({ target: 'local', profiles: {} }), deployment, name };
}
