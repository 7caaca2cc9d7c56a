import { UserError } from '../../errors.ts';
import { type ForwardedPort, forwardPort } from '../kubernetes/forward.ts';
import { type Pod, isReady } from '../kubernetes/shapes.ts';
import type { ClusterContext } from './context.ts';

interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

interface Service {
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly port: number; readonly targetPort?: number | string }[];
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
}

/** Ports of this machine that lead to pods behind Services. */
export class ServiceDoors {
  readonly #context: ClusterContext;
  readonly #open: ForwardedPort[] = [];

  constructor(context: ClusterContext) {
    this.#context = context;
  }

  /** @throws UserError when there is no such Service, or nothing behind it is ready. */
  async address(service: ServicePort): Promise<string> {
    const api = await this.#context.api();
    const first = await this.#behind(service);
    const forward = await forwardPort(api, {
      pod: async () => ({ namespace: service.namespace, name: (await this.#behind(service)).pod }),
      port: first.port,
    });
    this.#open.push(forward);
    return `http://127.0.0.1:${forward.port}/`;
  }

  async balancerAddress({ namespace, name }: Omit<ServicePort, 'port'>): Promise<string | undefined> {
    const [entry] = (await this.#service(namespace, name))?.status?.loadBalancer?.ingress ?? [];
    return entry?.hostname ?? entry?.ip;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((forward) => forward.close()));
  }

  async #service(namespace: string, name: string): Promise<Service | undefined> {
    return (await this.#context.api()).get<Service>({ apiVersion: 'v1', kind: 'Service', name, namespace });
  }

  async #behind(service: ServicePort): Promise<{ readonly pod: string; readonly port: number }> {
    const { namespace, name } = service;
    const { selector = {}, ports = [] } = (await this.#service(namespace, name))?.spec ?? {};
    const target = ports.find(({ port }) => port === service.port)?.targetPort ?? service.port;
    const labelSelector = Object.entries(selector)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const api = await this.#context.api();
    const pods =
      labelSelector === ''
        ? []
        : await api.list<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector });
    const pod = pods.find(isReady);
    if (pod === undefined) throw this.#notReady(service);
    return { pod: pod.metadata.name, port: typeof target === 'number' ? target : portNamed(target, pod) };
  }

  #notReady({ namespace, name }: ServicePort): UserError {
    const environment = this.#context.environment.name;
    return new UserError({
      what: `Nothing behind the Service ${name} is ready.`,
      where: `namespace ${namespace}`,
      fix: `\`hubwright status ${environment}\` says why; \`hubwright deploy ${environment}\` installs what is missing.`,
    });
  }
}

function portNamed(wanted: string, { spec }: Pod): number {
  const ports = spec?.containers?.flatMap((container) => container.ports ?? []) ?? [];
  return ports.find(({ name }) => name === wanted)?.containerPort ?? 0;
}
